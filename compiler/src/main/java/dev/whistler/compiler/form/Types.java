package dev.whistler.compiler.form;

import dev.whistler.compiler.define.TypeNames;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.diagnostic.NearMatches;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StaticType;
import java.util.List;

/** Type names in forms (section 4.2), and how types read in messages. */
final class Types {
  private static final List<String> NAMES =
      List.of("u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64", "bool", "char");

  private Types() {}

  /** The scalar type that an operand names; {@code E-TYPE} otherwise. */
  static ScalarType requireScalar(Datum datum, BodyAnalyzer body) {
    return TypeNames.scalar(datum)
        .orElseThrow(
            () -> {
              String hint =
                  datum instanceof Datum.Symbol symbol
                      ? NearMatches.hint(symbol.name().text(), NAMES)
                      : null;
              return hint == null
                  ? body.fail(Message.SCALAR_TYPE_EXPECTED, body.originOf(datum))
                  : body.fail(Message.SCALAR_TYPE_MISSPELT, body.originOf(datum), hint);
            });
  }

  /** A type as messages name it, for instance "u32" or "pointer to exec-event (ring)". */
  static String describe(StaticType type) {
    return switch (type) {
      case ScalarType scalar -> scalar.text();
      case PointerType pointer ->
          "pointer"
              + (pointer.layout() != null
                  ? " to " + pointer.layout().name()
                  : pointer.size() >= 0 ? " to " + pointer.size() + " bytes" : "")
              + " ("
              + pointer.region().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-')
              + ")";
    };
  }
}

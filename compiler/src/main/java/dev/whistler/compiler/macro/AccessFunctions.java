package dev.whistler.compiler.macro;

import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.SymbolName;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Read-only views of the unit, and the compatibility functions of section 18.9. */
final class AccessFunctions implements Builtins.Group {
  static final String SIGNATURES =
      """
      sizeof-struct/1 field-offset/2 struct-fields/1 map-option/2 knob/1 target-arch/0
      tracepoint-fields/1 probe-file/1 eval/1
      """;

  private static final Pattern FORMAT_FILE =
      Pattern.compile("/sys/kernel/(?:debug/)?tracing/events/([^/]+)/([^/]+)/format");

  private final Evaluator evaluator;
  private final LanguageAccess access;

  AccessFunctions(Evaluator evaluator) {
    this.evaluator = evaluator;
    this.access = evaluator.access();
  }

  @Override
  public Datum apply(String name, Datum[] a) {
    return switch (name) {
      case "sizeof-struct" ->
          ListFunctions.integer(
              found(access.sizeofStruct(text(a[0], name)), Code.E_STRUCT, "struct", a[0]));
      case "field-offset" -> {
        found(access.structFields(text(a[0], name)), Code.E_STRUCT, "struct", a[0]);
        yield ListFunctions.integer(
            found(
                access.fieldOffset(text(a[0], name), text(a[1], name)),
                Code.E_FIELD,
                "field",
                a[1]));
      }
      case "struct-fields" ->
          names(found(access.structFields(text(a[0], name)), Code.E_STRUCT, "struct", a[0]));
      case "map-option" -> access.mapOption(text(a[0], name), text(a[1], name)).orElse(Datum.NIL);
      case "knob" -> found(access.knob(text(a[0], name)), Code.E_KNOB, "knob", a[0]);
      case "target-arch" ->
          new Datum.Symbol(evaluator.symbols().keyword(access.targetArchitecture()), null);
      case "tracepoint-fields" -> {
        String event = text(a[0], name).replace('-', '_').toLowerCase(Locale.ROOT);
        yield names(found(access.tracepointFields(event), Code.E_TP, "tracepoint", a[0]));
      }
      case "probe-file" -> probeFile(a[0]);
      case "eval" -> evaluator.host().eval(a[0]);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private String text(Datum value, String name) {
    return Arguments.text(value, name, evaluator);
  }

  private <T> T found(Optional<T> value, Code code, String kind, Datum asked) {
    return value.orElseThrow(
        () ->
            new MacroError(
                code, "there is no " + kind + " " + evaluator.printer().princ(asked) + " yet"));
  }

  private Datum names(List<SymbolName> names) {
    return evaluator.list(names.stream().map(name -> new Datum.Symbol(name, null)).toList());
  }

  private Datum probeFile(Datum path) {
    if (path instanceof Datum.Str string) {
      Matcher matcher = FORMAT_FILE.matcher(string.text());
      if (matcher.matches() && access.hasTracepoint(matcher.group(1) + "/" + matcher.group(2))) {
        return path;
      }
    }
    return Datum.NIL;
  }
}

package dev.whistler.compiler.define;

import dev.whistler.compiler.define.UnitTables.ConstantValue;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.table.Constants;
import dev.whistler.compiler.type.ScalarType;
import java.math.BigInteger;
import java.util.Optional;
import java.util.OptionalLong;

/** Names of constants: those of the unit, then the built-in ones (sections 5.1, 5.2, A.1). */
public final class ConstantNames {
  private ConstantNames() {}

  /** The constant or knob that a symbol names; a gensym names only what was defined by it. */
  public static Optional<ConstantValue> find(UnitTables tables, SymbolName name) {
    return name.isUninterned()
        ? Optional.ofNullable(tables.uninternedConstants().get(name))
        : find(tables, name.text());
  }

  /** The constant or knob of a folded name. */
  public static Optional<ConstantValue> find(UnitTables tables, String name) {
    ConstantValue defined = tables.constants().get(name);
    if (defined != null) {
      return Optional.of(defined);
    }
    OptionalLong builtIn = Constants.value(name);
    return builtIn.isEmpty() ? Optional.empty() : Optional.of(builtIn(builtIn.getAsLong()));
  }

  private static ConstantValue builtIn(long value) {
    return new ConstantValue(
        value,
        value < 0 ? ScalarType.I64 : ScalarType.U64,
        new Datum.Int(BigInteger.valueOf(value), null),
        null);
  }
}

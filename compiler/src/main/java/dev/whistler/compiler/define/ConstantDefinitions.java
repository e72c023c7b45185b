package dev.whistler.compiler.define;

import dev.whistler.compiler.define.UnitTables.ConstantValue;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.macro.ExpansionContext;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.table.Constants;
import dev.whistler.compiler.type.ScalarType;
import java.math.BigInteger;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code defconstant} (section 5.2). */
public final class ConstantDefinitions {
  private static final BigInteger MIN_WORD = BigInteger.TWO.pow(63).negate();
  private static final BigInteger END_WORD = BigInteger.TWO.pow(64);

  private ConstantDefinitions() {}

  public static void define(Form form, ExpansionContext context, UnitContext unit, Names names) {
    Diagnostics diagnostics = unit.diagnostics();
    if (form.count() < 2 || form.count() > 3) {
      throw diagnostics.fail(Message.DEFCONSTANT_SHAPE, form.origin());
    }
    Origin at = context.originOf(form.operand(0));
    String name = names.defined(form.operand(0), "constant", at);
    if (unit.tables().knobs().containsKey(name)) {
      throw diagnostics.fail(Message.NAME_IS_KNOB, at, name);
    }
    ConstantValue value = value(form.operand(1), form.origin(), context, unit);
    if (form.operand(0) instanceof Datum.Symbol symbol && symbol.name().isUninterned()) {
      unit.tables().uninternedConstants().put(symbol.name(), value);
      return;
    }
    ConstantValue old = unit.tables().constants().get(name);
    @Nullable Long oldWord =
        old != null
            ? old.word()
            : Constants.value(name).isPresent()
                ? Long.valueOf(Constants.value(name).getAsLong())
                : null;
    boolean known = old != null || oldWord != null;
    if (known && (value.word() == null || !Objects.equals(oldWord, value.word()))) {
      diagnostics.report(Message.CONSTANT_REDEFINED, at, name);
    }
    unit.tables().constants().put(name, value);
  }

  private static ConstantValue value(
      Datum expression, Origin at, ExpansionContext context, UnitContext unit) {
    ConstantExpressions constants = new ConstantExpressions(unit, unit.diagnostics());
    if (constants.isConstant(expression, context)) {
      Optional<ConstantExpressions.Value> value = constants.typed(expression, context);
      if (value.isPresent()) {
        long word = value.get().word();
        boolean signed = value.get().type() instanceof ScalarType s && s.signed();
        BigInteger integer =
            signed ? BigInteger.valueOf(word) : new BigInteger(Long.toUnsignedString(word));
        ScalarType type = value.get().type() instanceof ScalarType s ? s : ScalarType.U64;
        return new ConstantValue(word, type, new Datum.Int(integer, null), at);
      }
    }
    Datum datum = unit.expander().evaluate(expression, context);
    if (datum instanceof Datum.Int integer
        && integer.value().compareTo(MIN_WORD) >= 0
        && integer.value().compareTo(END_WORD) < 0) {
      ScalarType type = integer.value().signum() < 0 ? ScalarType.I64 : ScalarType.U64;
      return new ConstantValue(integer.value().longValue(), type, datum, at);
    }
    return new ConstantValue(null, ScalarType.U64, datum, at);
  }
}

package dev.whistler.compiler.define;

import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.macro.ExpansionContext;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.type.StaticType;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Constant expressions in definitions (section 5.1). Their values are what the analyzers of forms
 * fold, so that they mean exactly what they mean at run time.
 *
 * @param unit the definitions so far
 * @param diagnostics takes errors in the expressions
 */
public record ConstantExpressions(UnitContext unit, Diagnostics diagnostics) {
  /** Folds a form; {@code form} has the one implementation. */
  public interface Folding {
    /** Whether a form has the shape of a constant expression. */
    boolean isConstant(Datum form, ExpansionContext context, UnitContext unit);

    /** The value, or empty if the form is no constant expression; its errors are reported. */
    Optional<Value> fold(
        Datum form, ExpansionContext context, UnitContext unit, Diagnostics diagnostics);
  }

  /**
   * A constant.
   *
   * @param word its value
   * @param type its static type
   */
  public record Value(long word, StaticType type) {}

  /** Whether a form has the shape of a constant expression. */
  public boolean isConstant(Datum form, ExpansionContext context) {
    return unit.folding().isConstant(form, context, unit);
  }

  /** The value, or empty if the form is no constant expression; its errors are reported. */
  Optional<Value> typed(Datum form, ExpansionContext context) {
    return unit.folding().fold(form, context, unit, diagnostics);
  }

  /** As {@link #typed}, without the type. */
  public OptionalLong value(Datum form, ExpansionContext context) {
    Optional<Value> value = typed(form, context);
    return value.isEmpty() ? OptionalLong.empty() : OptionalLong.of(value.get().word());
  }

  /**
   * The value; {@code E-CONST} if the form is no constant expression.
   *
   * @param what names the operand in the message, for instance "the bound of dotimes"
   */
  public long require(Datum form, ExpansionContext context, String what) {
    OptionalLong value = value(form, context);
    if (value.isEmpty()) {
      throw diagnostics.fail(Message.CONSTANT_EXPECTED, context.originOf(form), what);
    }
    return value.getAsLong();
  }
}

package dev.whistler.compiler.form;

import dev.whistler.compiler.check.BindingTypes;
import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.macro.Expander;
import dev.whistler.compiler.macro.ExpansionContext;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.ProperList;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.type.StaticType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Constant expressions (section 5.1). Whether a form is one is a question of its shape; its value
 * is what the analyzers of section 7 fold, so constants mean exactly what they mean at run time.
 */
final class ConstantEvaluator {
  private static final int MAX_DEPTH = 400;

  private static final Set<String> OPERATORS =
      Set.of(
          "+",
          "-",
          "*",
          "/",
          "mod",
          "logand",
          "logior",
          "logxor",
          "bit-and",
          "bit-or",
          "bit-xor",
          "&",
          "lognot",
          "<<",
          ">>",
          ">>>",
          "ash-left",
          "ash-right",
          "ash-right-signed",
          "ash",
          "1+",
          "1-",
          "min",
          "max",
          "=",
          "/=",
          "<",
          "<=",
          ">",
          ">=",
          "s<",
          "s<=",
          "s>",
          "s>=",
          "ntohs",
          "htons",
          "ntohl",
          "htonl",
          "ntohll",
          "htonll",
          "log2",
          "if",
          "not",
          "and",
          "or");

  /** Operators whose operands are names; {@code cast} has a type before its operand. */
  private static final Set<String> NAMED = Set.of("sizeof", "offsetof", "tp-field-exists");

  private final UnitContext unit;
  private final Diagnostics diagnostics;

  ConstantEvaluator(UnitContext unit, Diagnostics diagnostics) {
    this.unit = unit;
    this.diagnostics = diagnostics;
  }

  /**
   * A constant.
   *
   * @param word its value
   * @param type its static type
   */
  record Value(long word, StaticType type) {}

  /** The value, or empty if the form is no constant expression; its errors are reported. */
  OptionalLong evaluate(Datum form, ExpansionContext context) {
    Optional<Value> value = evaluateTyped(form, context);
    return value.isEmpty() ? OptionalLong.empty() : OptionalLong.of(value.get().word());
  }

  /** As {@link #evaluate}, with the static type. */
  Optional<Value> evaluateTyped(Datum form, ExpansionContext context) {
    if (!isConstant(form, context, 0)) {
      return Optional.empty();
    }
    BodyAnalyzer analyzer =
        new BodyAnalyzer(unit, null, new BindingTypes(), diagnostics, context, null);
    Expr expr = analyzer.value(form);
    return expr instanceof Expr.Constant constant
        ? Optional.of(new Value(constant.value(), constant.type()))
        : Optional.empty();
  }

  /**
   * The value; {@code E-CONST} if the form is no constant expression.
   *
   * @param what names the operand in the message, for instance "the bound of dotimes"
   */
  long require(Datum form, ExpansionContext context, String what) {
    OptionalLong value = evaluate(form, context);
    if (value.isEmpty()) {
      throw diagnostics.fail(
          Code.E_CONST,
          context.originOf(form),
          what + " must be a constant expression",
          "use an integer, a constant, a knob, or (sizeof S), and operators on them");
    }
    return value.getAsLong();
  }

  /** Whether a form has the shape of a constant expression. */
  boolean isConstant(Datum form, ExpansionContext context) {
    return isConstant(form, context, 0);
  }

  private boolean isConstant(Datum form, ExpansionContext context, int depth) {
    if (depth > MAX_DEPTH) {
      return false;
    }
    return switch (form) {
      case Datum.Int ignored -> true;
      case Datum.Symbol symbol -> {
        Optional<Expander.Expansion> expansion = unit.expander().expandSymbol(symbol, context);
        yield expansion.isPresent()
            ? isConstant(expansion.get().form(), expansion.get().context(), depth + 1)
            : Datum.isNil(symbol)
                || ConstantNames.find(unit.tables(), symbol.name().text()).isPresent();
      }
      case Cons cons -> isConstantCall(cons, context, depth);
      default -> false;
    };
  }

  private boolean isConstantCall(Cons cons, ExpansionContext context, int depth) {
    if (!(cons.car() instanceof Datum.Symbol head) || head.name().isKeyword()) {
      return false;
    }
    String name = head.name().text();
    if (NAMED.contains(name)) {
      return true;
    }
    Optional<List<Datum>> operands = ProperList.elements(cons.cdr());
    if (operands.isEmpty()) {
      return false;
    }
    if (name.equals("cast")) {
      return operands.get().size() == 2 && isConstant(operands.get().get(1), context, depth + 1);
    }
    if (OPERATORS.contains(name)) {
      return operands.get().stream().allMatch(o -> isConstant(o, context, depth + 1));
    }
    if (OperatorTable.core(name) == null && unit.expander().isMacro(head.name(), context)) {
      Expander.Expansion expansion = unit.expander().expand(cons, context);
      return isConstant(expansion.form(), expansion.context(), depth + 1);
    }
    return false;
  }
}

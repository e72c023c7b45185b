package dev.whistler.compiler.form;

import dev.whistler.compiler.check.BindingTypes;
import dev.whistler.compiler.define.ConstantExpressions;
import dev.whistler.compiler.define.ConstantNames;
import dev.whistler.compiler.define.UnitContext;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.macro.Expander;
import dev.whistler.compiler.macro.ExpansionContext;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.ProperList;
import dev.whistler.compiler.tree.Expr;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Constant expressions (section 5.1). Whether a form is one is a question of its shape; its value
 * is what the analyzers of section 7 fold, so constants mean exactly what they mean at run time.
 */
final class ConstantEvaluator implements ConstantExpressions.Folding {
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

  @Override
  public boolean isConstant(Datum form, ExpansionContext context, UnitContext unit) {
    return isConstant(form, context, unit, 0);
  }

  @Override
  public Optional<ConstantExpressions.Value> fold(
      Datum form, ExpansionContext context, UnitContext unit, Diagnostics diagnostics) {
    if (!isConstant(form, context, unit)) {
      return Optional.empty();
    }
    BodyAnalyzer analyzer =
        new BodyAnalyzer(unit, null, new BindingTypes(), diagnostics, context, null);
    return analyzer.value(form) instanceof Expr.Constant constant
        ? Optional.of(new ConstantExpressions.Value(constant.value(), constant.type()))
        : Optional.empty();
  }

  private static boolean isConstant(
      Datum form, ExpansionContext context, UnitContext unit, int depth) {
    if (depth > MAX_DEPTH) {
      return false;
    }
    return switch (form) {
      case Datum.Int ignored -> true;
      case Datum.Symbol symbol -> {
        Optional<Expander.Expansion> expansion = unit.expander().expandSymbol(symbol, context);
        yield expansion.isPresent()
            ? isConstant(expansion.get().form(), expansion.get().context(), unit, depth + 1)
            : Datum.isNil(symbol) || ConstantNames.find(unit.tables(), symbol.name()).isPresent();
      }
      case Cons cons -> isConstantCall(cons, context, unit, depth);
      default -> false;
    };
  }

  private static boolean isConstantCall(
      Cons cons, ExpansionContext context, UnitContext unit, int depth) {
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
      return operands.get().size() == 2
          && isConstant(operands.get().get(1), context, unit, depth + 1);
    }
    if (OPERATORS.contains(name)) {
      return operands.get().stream().allMatch(o -> isConstant(o, context, unit, depth + 1));
    }
    if (OperatorTable.core(name) == null && unit.expander().isMacro(head.name(), context)) {
      Expander.Expansion expansion = unit.expander().expand(cons, context);
      return isConstant(expansion.form(), expansion.context(), unit, depth + 1);
    }
    return false;
  }
}

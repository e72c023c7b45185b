package dev.whistler.compiler.form;

import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.tree.Words;
import dev.whistler.compiler.type.ScalarType;
import java.util.List;
import java.util.Map;

/** Comparisons (section 7) with the warnings of section 4.5. */
final class ComparisonForms {
  private ComparisonForms() {}

  static void register(Map<String, Operator> table) {
    Map<String, Relation> relations =
        Map.of(
            "=", Relation.EQUAL,
            "/=", Relation.NOT_EQUAL,
            "<", Relation.LESS,
            "<=", Relation.LESS_EQUAL,
            ">", Relation.GREATER,
            ">=", Relation.GREATER_EQUAL,
            "s<", Relation.SIGNED_LESS,
            "s<=", Relation.SIGNED_LESS_EQUAL,
            "s>", Relation.SIGNED_GREATER,
            "s>=", Relation.SIGNED_GREATER_EQUAL);
    relations.forEach(
        (name, relation) -> table.put(name, (form, body, use) -> comparison(relation, form, body)));
  }

  private static Expr comparison(Relation relation, Form form, BodyAnalyzer body) {
    body.arity(form, 2, 2);
    List<Expr> operands = body.values(form.operands());
    Expr left = operands.get(0);
    Expr right = operands.get(1);
    switch (relation) {
      case EQUAL, NOT_EQUAL -> {
        warnOutOfRange(left, right, form.origin(), body);
        warnOutOfRange(right, left, form.origin(), body);
      }
      case LESS, LESS_EQUAL, GREATER, GREATER_EQUAL -> {
        if (isSigned(left) || isSigned(right)) {
          body.report(Message.SIGNED_COMPARED_UNSIGNED, form.origin(), form.name());
        }
      }
      default -> {}
    }
    return compare(relation, left, right, form.origin());
  }

  /** A comparison; constants are folded. */
  static Expr compare(Relation relation, Expr left, Expr right, Origin at) {
    if (left instanceof Expr.Constant a && right instanceof Expr.Constant b) {
      long value = Words.holds(relation, a.value(), b.value()) ? 1 : 0;
      return new Expr.Constant(value, ScalarType.U64, at);
    }
    return new Expr.Compare(relation, left, right, at);
  }

  private static boolean isSigned(Expr operand) {
    return operand.type() instanceof ScalarType scalar
        && scalar.signed()
        && !(operand instanceof Expr.Constant c && c.value() >= 0);
  }

  private static void warnOutOfRange(Expr typed, Expr constant, Origin at, BodyAnalyzer body) {
    if (constant instanceof Expr.Constant c
        && !(typed instanceof Expr.Constant)
        && typed.type() instanceof ScalarType scalar
        && scalar.convert(c.value()) != c.value()) {
      body.report(Message.COMPARISON_NEVER_EQUAL, at, scalar.text(), c.value());
    }
  }
}

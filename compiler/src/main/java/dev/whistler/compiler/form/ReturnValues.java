package dev.whistler.compiler.form;

import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.tree.Expr;
import java.util.List;
import java.util.Locale;

/** The values that a program returns, as far as they are constants (sections 15.5 and 19.8). */
final class ReturnValues {
  private ReturnValues() {}

  /** Told of each constant return value. */
  interface Visitor {
    void constant(long value, Origin at);
  }

  /** Visits the program's final value and the values of its {@code return} forms. */
  static void visit(List<Expr> returned, Visitor visitor) {
    returned.forEach(value -> tail(value, visitor));
  }

  private static void tail(Expr expr, Visitor visitor) {
    switch (expr) {
      case Expr.Constant c -> visitor.constant(c.value(), c.origin());
      case Expr.Sequence s -> tail(s.forms().getLast(), visitor);
      case Expr.Let let -> tail(let.body(), visitor);
      case Expr.Retype r -> tail(r.operand(), visitor);
      case Expr.If i -> {
        tail(i.then(), visitor);
        tail(i.otherwise(), visitor);
      }
      default -> {}
    }
  }

  /**
   * Where the tier says so, every return value must be the constant that lets the operation pass.
   */
  static void requirePass(List<Expr> returned, long pass, BodyAnalyzer analyzer) {
    returned.forEach(value -> requirePassTail(value, pass, analyzer));
  }

  private static void requirePassTail(Expr expr, long pass, BodyAnalyzer analyzer) {
    switch (expr) {
      case Expr.Sequence s -> requirePassTail(s.forms().getLast(), pass, analyzer);
      case Expr.Let let -> requirePassTail(let.body(), pass, analyzer);
      case Expr.Retype r -> requirePassTail(r.operand(), pass, analyzer);
      case Expr.If i -> {
        requirePassTail(i.then(), pass, analyzer);
        requirePassTail(i.otherwise(), pass, analyzer);
      }
      case Expr.Return ignored -> {}
      case Expr.Constant c when (int) c.value() == (int) pass -> {}
      default ->
          analyzer.report(
              Code.E_POLICY,
              expr.origin(),
              "in the tier "
                  + analyzer.unit().request().options().tier().name().toLowerCase(Locale.ROOT)
                  + " a program of this section may only return "
                  + pass
                  + ", which lets the operation pass",
              "end the program with " + pass);
    }
  }
}

package dev.whistler.compiler.check;

import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.table.ResolvedSection;
import dev.whistler.compiler.tree.Expr;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** The values that a program returns, as far as they are constants (sections 15.5 and 19.8). */
public final class ReturnValues {
  private ReturnValues() {}

  /** The expressions that a value is in the end, on each way. */
  private static void ends(Expr value, Consumer<Expr> visitor) {
    switch (value) {
      case Expr.Sequence s -> ends(s.forms().getLast(), visitor);
      case Expr.Let let -> ends(let.body(), visitor);
      case Expr.Retype r -> ends(r.operand(), visitor);
      case Expr.If i -> {
        ends(i.then(), visitor);
        ends(i.otherwise(), visitor);
      }
      // Its own value is one of those that are returned.
      case Expr.Return _ -> {}
      default -> visitor.accept(value);
    }
  }

  /** Warns of constants that mean nothing to the kernel; other values are the kernel's matter. */
  public static void warnMeaningless(
      List<Expr> returned, ResolvedSection section, Diagnostics diagnostics) {
    Consumer<Expr> check =
        value -> {
          if (value instanceof Expr.Constant c && !section.returns().allow((int) c.value())) {
            diagnostics.report(
                Message.RETURN_VALUE_MEANINGLESS, c.origin(), c.value(), section.written());
          }
        };
    returned.forEach(value -> ends(value, check));
  }

  /** Refuses every value but the constant that lets the operation pass, which the tier asks for. */
  public static void requirePass(
      List<Expr> returned, long pass, CompilationOptions.Tier tier, Diagnostics diagnostics) {
    Consumer<Expr> check =
        value -> {
          if (!(value instanceof Expr.Constant c) || (int) c.value() != (int) pass) {
            diagnostics.report(
                Message.TIER_RETURN_VALUE,
                value.origin(),
                tier.name().toLowerCase(Locale.ROOT),
                pass);
          }
        };
    returned.forEach(value -> ends(value, check));
  }
}

package dev.whistler.compiler.check;

import dev.whistler.compiler.check.Resource.State;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.tree.Local;
import dev.whistler.compiler.type.PointerType;

/** What a test tells about pointer variables on each of its two paths (section 6.3). */
public final class Assumption {
  private static final int DEPTH = 64;

  private Assumption() {}

  /**
   * The path on which a test came out so.
   *
   * @param truth whether the test was not 0
   */
  public static Flow apply(Flow flow, Expr test, boolean truth) {
    return apply(flow, test, truth, DEPTH);
  }

  private static Flow apply(Flow flow, Expr test, boolean truth, int depth) {
    if (depth == 0) {
      return flow;
    }
    return switch (test) {
      case Expr.Read read -> variable(flow, read.local(), truth);
      case Expr.Assign assign -> variable(flow, assign.local(), truth);
      case Expr.Retype retype -> apply(flow, retype.operand(), truth, depth - 1);
      case Expr.Sequence s -> apply(flow, s.forms().getLast(), truth, depth - 1);
      case Expr.Let let ->
          let.body() instanceof Expr.If i
                  && i.test() instanceof Expr.Read r
                  && r.local() == let.local()
              ? kept(flow, let, i, truth, depth - 1)
              : apply(flow, let.body(), truth, depth - 1);
      case Expr.Compare c when isZero(c.right()) && c.relation() == Relation.EQUAL ->
          apply(flow, c.left(), !truth, depth - 1);
      case Expr.Compare c when isZero(c.right()) && c.relation() == Relation.NOT_EQUAL ->
          apply(flow, c.left(), truth, depth - 1);
      case Expr.Compare c when isZero(c.left()) && c.relation() == Relation.EQUAL ->
          apply(flow, c.right(), !truth, depth - 1);
      case Expr.Compare c when isZero(c.left()) && c.relation() == Relation.NOT_EQUAL ->
          apply(flow, c.right(), truth, depth - 1);
      case Expr.If i when isZero(i.otherwise()) && truth ->
          apply(apply(flow, i.test(), true, depth - 1), i.then(), true, depth - 1);
      case Expr.If i when i.then() instanceof Expr.Constant c && c.value() != 0 && !truth ->
          apply(apply(flow, i.test(), false, depth - 1), i.otherwise(), false, depth - 1);
      default -> flow;
    };
  }

  /** {@code (or a b)} as a value: both are 0 where it is 0. */
  private static Flow kept(Flow flow, Expr.Let let, Expr.If i, boolean truth, int depth) {
    return truth ? flow : apply(apply(flow, let.init(), false, depth), i.otherwise(), false, depth);
  }

  private static boolean isZero(Expr expr) {
    return switch (expr) {
      case Expr.Constant c -> c.value() == 0;
      case Expr.Sequence s -> s.forms().size() == 1 && isZero(s.forms().getFirst());
      default -> false;
    };
  }

  private static Flow variable(Flow flow, Local local, boolean truth) {
    Flow result = flow;
    if (truth && local.type() instanceof PointerType) {
      result = result.withNonNull(local);
    }
    Resource resource = flow.heldBy(local);
    if (resource != null && flow.state(resource) == State.UNCHECKED) {
      result = result.withState(resource, truth ? State.LIVE : State.ABSENT);
    }
    return result;
  }
}

package dev.whistler.compiler.ir;

import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Local;
import dev.whistler.compiler.tree.Trees;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How much one iteration of a loop is: the nodes of its body that the verifier comes by, those of a
 * loop inside as often as it repeats, unless it goes through the helper. Where the index is a
 * number in each copy, what is computed from it alone is a number, too, and counts as one; of the
 * test of an index (section 9.4) nothing but the access is left.
 */
final class LoopWork {
  /**
   * The verifier walks through each iteration and gives up after 1,000,000 instructions
   * (BPF_COMPLEXITY_LIMIT_INSNS, include/linux/bpf.h); beyond a part of that the helper is used.
   */
  static final long MOST_WALKED_NODES = 200_000;

  private final Expr body;
  private final Set<Local> assigned;
  private final Set<Local> numbers = new HashSet<>();

  /**
   * @param index the index if it is a number in each copy of the body
   */
  LoopWork(@Nullable Local index, Expr body) {
    this.body = body;
    assigned = Trees.assigned(body);
    if (index != null) {
      numbers.add(index);
    }
  }

  /** The nodes, at least 1. */
  long count() {
    return Math.max(1, left(body));
  }

  /** The nodes that are left of a tree; 0 of a number. */
  private long left(Expr expr) {
    return switch (expr) {
      case Expr.Constant _ -> 0;
      case Expr.Read e -> numbers.contains(e.local()) ? 0 : 1;
      case Expr.Let e -> let(e);
      case Expr.If e -> {
        long test = left(e.test());
        yield test == 0
            ? Math.max(operand(e.then()), operand(e.otherwise()))
            : 1 + test + operand(e.then()) + operand(e.otherwise());
      }
      case Expr.Repeat e -> {
        long once = operand(e.body());
        long all = times(e.count(), once);
        yield 1 + (all <= MOST_WALKED_NODES ? all : once);
      }
      case Expr.Binary _,
          Expr.Compare _,
          Expr.Convert _,
          Expr.Retype _,
          Expr.SwapBytes _,
          Expr.Below _,
          Expr.Log2 _ -> {
        boolean number = true;
        long sum = 1;
        for (Expr child : Trees.children(expr)) {
          long nodes = left(child);
          number &= nodes == 0;
          sum += Math.max(1, nodes);
        }
        yield number ? 0 : sum;
      }
      default -> {
        long sum = 1;
        for (Expr child : Trees.children(expr)) {
          sum += operand(child);
        }
        yield sum;
      }
    };
  }

  private long let(Expr.Let e) {
    long init = left(e.init());
    if (init > 0 || assigned.contains(e.local()) || e.local().inMemory()) {
      return 1 + Math.max(1, init) + operand(e.body());
    }
    numbers.add(e.local());
    return left(e.body());
  }

  private long operand(Expr expr) {
    return Math.max(1, left(expr));
  }

  /** The product, or the largest number where there is none. */
  static long times(long count, long nodes) {
    return Math.multiplyHigh(count, nodes) == 0 && count * nodes >= 0
        ? count * nodes
        : Long.MAX_VALUE;
  }
}

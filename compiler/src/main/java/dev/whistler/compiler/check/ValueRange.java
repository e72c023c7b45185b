package dev.whistler.compiler.check;

import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Local;
import dev.whistler.compiler.tree.Words;
import dev.whistler.compiler.type.ScalarType;
import java.util.Map;

/**
 * The largest value that an expression can have, as far as it shows without running it. Only for
 * warnings: what is left out of the code is decided where the verifier's knowledge is known.
 */
public final class ValueRange {
  private static final int DEPTH = 24;
  private static final long UNBOUNDED = -1;

  private final Map<Local, Long> loopLimits;
  private final BindingTypes bindings;

  /**
   * Looks through variables.
   *
   * @param loopLimits the largest value of each loop variable
   * @param bindings knows the value of variables that are bound once
   */
  public ValueRange(Map<Local, Long> loopLimits, BindingTypes bindings) {
    this.loopLimits = loopLimits;
    this.bindings = bindings;
  }

  /** Whether the value certainly fits an unsigned or a signed slot of that many bytes. */
  public boolean fits(Expr expr, int bytes) {
    if (bytes >= 8) {
      return true;
    }
    if (expr.type() instanceof ScalarType scalar && scalar.width() <= bytes) {
      return true;
    }
    return Long.compareUnsigned(max(expr, DEPTH), Words.mask(bytes)) <= 0
        || allArmsFit(expr, bytes, DEPTH);
  }

  private boolean allArmsFit(Expr expr, int bytes, int depth) {
    if (depth == 0) {
      return false;
    }
    return switch (expr) {
      case Expr.Constant c -> Words.fits(c.value(), bytes);
      case Expr.If i ->
          allArmsFit(i.then(), bytes, depth - 1) && allArmsFit(i.otherwise(), bytes, depth - 1);
      case Expr.Let let -> allArmsFit(let.body(), bytes, depth - 1);
      case Expr.Sequence s -> allArmsFit(s.forms().getLast(), bytes, depth - 1);
      case Expr.Retype r -> allArmsFit(r.operand(), bytes, depth - 1);
      case Expr.Convert c -> c.type().width() <= bytes;
      case Expr.Read read -> {
        Expr init = bindings.onlyValue(read.local());
        yield init != null && allArmsFit(init, bytes, depth - 1);
      }
      default -> Long.compareUnsigned(max(expr, depth), Words.mask(bytes)) <= 0;
    };
  }

  /** An unsigned upper bound; all ones where nothing is known. */
  private long max(Expr expr, int depth) {
    long byType =
        expr.type() instanceof ScalarType scalar && !scalar.signed()
            ? ScalarType.of(scalar.width(), false).convert(UNBOUNDED)
            : UNBOUNDED;
    if (depth == 0) {
      return byType;
    }
    long byForm =
        switch (expr) {
          case Expr.Constant c -> c.value();
          case Expr.Compare ignored -> 1;
          case Expr.Log2 ignored -> 63;
          case Expr.SwapBytes s -> ScalarType.of(s.type().width(), false).convert(UNBOUNDED);
          case Expr.Convert c ->
              c.type().signed() ? UNBOUNDED : min(byType, max(c.operand(), depth - 1));
          case Expr.Retype r -> max(r.operand(), depth - 1);
          case Expr.Below b -> min(b.limit() - 1, max(b.index(), depth - 1));
          case Expr.If i -> larger(max(i.then(), depth - 1), max(i.otherwise(), depth - 1));
          case Expr.Let let -> max(let.body(), depth - 1);
          case Expr.Sequence s -> max(s.forms().getLast(), depth - 1);
          case Expr.Binary b -> binary(b, depth);
          case Expr.Read read -> local(read.local(), depth);
          default -> UNBOUNDED;
        };
    return min(byType, byForm);
  }

  private long binary(Expr.Binary b, int depth) {
    long left = max(b.left(), depth - 1);
    return switch (b.operator()) {
      case AND -> min(left, max(b.right(), depth - 1));
      case MODULO ->
          b.right() instanceof Expr.Constant c && c.value() != 0 ? min(left, c.value() - 1) : left;
      case DIVIDE ->
          b.right() instanceof Expr.Constant c && c.value() != 0
              ? Long.divideUnsigned(left, c.value())
              : left;
      case SHIFT_RIGHT -> b.right() instanceof Expr.Constant c ? left >>> c.value() : left;
      default -> UNBOUNDED;
    };
  }

  private long local(Local local, int depth) {
    Long limit = loopLimits.get(local);
    if (limit != null) {
      return limit;
    }
    Expr init = bindings.onlyValue(local);
    return init == null ? UNBOUNDED : max(init, depth - 1);
  }

  private static long min(long a, long b) {
    return Long.compareUnsigned(a, b) <= 0 ? a : b;
  }

  private static long larger(long a, long b) {
    return Long.compareUnsigned(a, b) >= 0 ? a : b;
  }
}

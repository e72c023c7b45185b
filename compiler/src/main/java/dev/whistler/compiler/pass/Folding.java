package dev.whistler.compiler.pass;

import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.tree.Words;

/** Evaluation of operations on constants, exactly as the kernel does it at run time. */
final class Folding {
  private Folding() {}

  static long binary(Operator operator, long a, long b, boolean narrow) {
    if (narrow) {
      long low = binary32(operator, (int) a, (int) b);
      return low & Words.LOW;
    }
    return Words.apply(operator, a, b);
  }

  private static long binary32(Operator operator, int a, int b) {
    return switch (operator) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> b == 0 ? 0 : Integer.divideUnsigned(a, b);
      case MODULO -> b == 0 ? a : Integer.remainderUnsigned(a, b);
      case AND -> a & b;
      case OR -> a | b;
      case XOR -> a ^ b;
      case SHIFT_LEFT -> a << b;
      case SHIFT_RIGHT -> a >>> b;
      case SHIFT_RIGHT_SIGNED -> a >> b;
    };
  }

  static boolean compare(Relation relation, long a, long b, boolean narrow) {
    long x = narrow ? (int) a : a;
    long y = narrow ? (int) b : b;
    // Sign extension of both sides keeps unsigned order.
    return Words.holds(relation, x, y);
  }
}

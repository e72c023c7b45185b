package dev.whistler.compiler.tree;

import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;

/** The operators of section 7 on 64-bit words: what folding and constant expressions compute. */
public final class Words {
  /** The low half of a word. */
  public static final long LOW = 0xffffffffL;

  private Words() {}

  /** Applies a binary operator with run-time meaning: shift counts are modulo 64. */
  public static long apply(Operator operator, long a, long b) {
    return switch (operator) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> b == 0 ? 0 : Long.divideUnsigned(a, b);
      case MODULO -> b == 0 ? a : Long.remainderUnsigned(a, b);
      case AND -> a & b;
      case OR -> a | b;
      case XOR -> a ^ b;
      case SHIFT_LEFT -> a << b;
      case SHIFT_RIGHT -> a >>> b;
      case SHIFT_RIGHT_SIGNED -> a >> b;
    };
  }

  /** All bits of a number of a width, in bytes: its largest value without sign. */
  public static long mask(int width) {
    return -1L >>> 64 - 8 * width;
  }

  /** Whether a comparison of two words is true; relations without {@code SIGNED} are unsigned. */
  public static boolean holds(Relation relation, long a, long b) {
    int unsigned = Long.compareUnsigned(a, b);
    int signed = Long.compare(a, b);
    return switch (relation) {
      case EQUAL -> a == b;
      case NOT_EQUAL -> a != b;
      case LESS -> unsigned < 0;
      case LESS_EQUAL -> unsigned <= 0;
      case GREATER -> unsigned > 0;
      case GREATER_EQUAL -> unsigned >= 0;
      case SIGNED_LESS -> signed < 0;
      case SIGNED_LESS_EQUAL -> signed <= 0;
      case SIGNED_GREATER -> signed > 0;
      case SIGNED_GREATER_EQUAL -> signed >= 0;
    };
  }

  /** Reverses the low {@code width} bytes, 2, 4 or 8 of them; the rest is 0. */
  public static long swap(int width, long value) {
    return Long.reverseBytes(value) >>> (64 - 8 * width);
  }

  public static long log2(long value) {
    return value == 0 ? 0 : 63 - Long.numberOfLeadingZeros(value);
  }

  /** Whether a word, read signed or unsigned, is within [-2^(8n-1), 2^(8n)) (section 5.3a). */
  public static boolean fits(long value, int bytes) {
    if (bytes >= 8) {
      return true;
    }
    long limit = 1L << (8 * bytes);
    return value >= -(limit >> 1) && value < limit;
  }
}

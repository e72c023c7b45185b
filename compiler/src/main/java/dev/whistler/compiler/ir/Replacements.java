package dev.whistler.compiler.ir;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Values of one routine that are to give way to others. */
public final class Replacements {
  private @Nullable Value[] byNumber = new Value[0];
  private boolean empty = true;

  /** Makes a value give way to another one, which may later give way itself. */
  public void put(Value value, Value by) {
    if (value.number() >= byNumber.length) {
      byNumber = Arrays.copyOf(byNumber, Math.max(value.number() + 1, 2 * byNumber.length));
    }
    byNumber[value.number()] = by;
    empty = false;
  }

  public boolean isEmpty() {
    return empty;
  }

  /** Whether a value gives way. */
  public boolean contains(Value value) {
    return value.number() < byNumber.length && byNumber[value.number()] != null;
  }

  /** What stands for a value in the end: the value itself if it does not give way. */
  public Value of(Value value) {
    Value current = value;
    while (current.number() < byNumber.length) {
      Value next = byNumber[current.number()];
      if (next == null) {
        return current;
      }
      current = next;
    }
    return current;
  }

  /** Puts what stands for them in the place of a value's operands. */
  public void resolveOperands(Value value) {
    for (int i = 0; i < value.operandCount(); i++) {
      value.setOperand(i, of(value.operand(i)));
    }
  }
}

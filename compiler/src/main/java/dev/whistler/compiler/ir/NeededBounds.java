package dev.whistler.compiler.ir;

import dev.whistler.compiler.table.Parameter;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The numbers of which the kernel's verifier must know bounds: those that are added to a pointer or
 * say how much memory a helper may touch, and what they are computed from. The verifier learns from
 * a test about the register that was tested and what is computed from it later, so a test of such a
 * number stays a test of just this number.
 */
public final class NeededBounds {
  private final boolean[] needed;
  private final boolean[] limited;
  private final boolean[] sizes;
  private final boolean[] tested;

  /** Values just marked, from which the marks are still to spread, for each kind of mark. */
  private record Work(Deque<Value> offsets, Deque<Value> indices, Deque<Value> lengths) {}

  public NeededBounds(Routine routine) {
    int room = routine.valueCount();
    needed = new boolean[room];
    limited = new boolean[room];
    sizes = new boolean[room];
    tested = new boolean[room];
    Work work = new Work(new ArrayDeque<>(), new ArrayDeque<>(), new ArrayDeque<>());
    for (Block block : routine.blocks()) {
      for (Value value : block.instructions()) {
        look(value, work);
      }
      look(block.terminator(), work);
    }
    close(needed, work.offsets());
    close(limited, work.indices());
    close(sizes, work.lengths());
  }

  /** Whether an address or a size is computed from it. */
  public boolean isNeeded(Value value) {
    return at(limited, value) || isNeededItself(value);
  }

  /**
   * Whether it is needed otherwise than as an index whose limit is shown where it is used ({@link
   * Operation.Below}), if need be by a mask or a test of its own.
   */
  public boolean isNeededItself(Value value) {
    return at(needed, value) || at(sizes, value);
  }

  /** Whether a helper's size is computed from it. */
  public boolean isSize(Value value) {
    return at(sizes, value);
  }

  /** Whether it is needed, and there is a test of it that may be the proof. */
  public boolean isProof(Value value) {
    return isNeeded(value) && at(tested, value);
  }

  /** Notes that another value takes the place of one. */
  public void replaced(Value value, Value by) {
    if (value.number() < tested.length && by.number() < tested.length) {
      tested[by.number()] |= tested[value.number()];
      needed[by.number()] |= needed[value.number()];
      limited[by.number()] |= limited[value.number()];
      sizes[by.number()] |= sizes[value.number()];
    }
  }

  private static boolean at(boolean[] marks, Value value) {
    return value.number() < marks.length && marks[value.number()];
  }

  private void look(Value value, Work work) {
    switch (value.operation()) {
      case Operation.Binary _ when value.operand(0).isPointer() || value.operand(1).isPointer() ->
          markOperands(value, needed, work.offsets());
      case Operation.Below _ -> {
        mark(value.operand(0), limited, work.indices());
        tested[value.operand(0).number()] = true;
      }
      case Operation.Branch _, Operation.Compare _ -> {
        for (int i = 0; i < value.operandCount(); i++) {
          tested[value.operand(i).number()] = true;
        }
      }
      case Operation.Call call -> {
        for (Parameter parameter : call.helper().parameters()) {
          if (parameter instanceof Parameter.Memory(_, Parameter.Size.Argument(int length), _)
              && length < value.operandCount()) {
            mark(value.operand(length), sizes, work.lengths());
          }
        }
      }
      case Operation.CallRoutine _ -> markOperands(value, sizes, work.lengths());
      default -> {}
    }
  }

  private static void markOperands(Value value, boolean[] marks, Deque<Value> work) {
    for (int i = 0; i < value.operandCount(); i++) {
      mark(value.operand(i), marks, work);
    }
  }

  private static void mark(Value value, boolean[] marks, Deque<Value> work) {
    if (!value.isLeaf() && !value.isPointer() && !marks[value.number()]) {
      marks[value.number()] = true;
      work.push(value);
    }
  }

  private static void close(boolean[] marks, Deque<Value> work) {
    while (!work.isEmpty()) {
      Value value = work.pop();
      switch (value.operation()) {
        case Operation.Binary _, Operation.Extend _, Operation.Phi _ ->
            markOperands(value, marks, work);
        default -> {}
      }
    }
  }
}

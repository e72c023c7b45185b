package dev.whistler.compiler.ir;

import dev.whistler.compiler.table.Helper;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The numbers of which the kernel's verifier must know bounds: those that are added to a pointer or
 * say how much memory a helper may touch, and what they are computed from. The verifier learns from
 * a test about the register that was tested and what is computed from it later, so a test of such a
 * number stays a test of just this number.
 */
public final class NeededBounds {
  private final boolean[] needed;
  private final boolean[] sizes;
  private final boolean[] tested;
  private final Deque<Value> work = new ArrayDeque<>();

  public NeededBounds(Routine routine) {
    int room = routine.valueCount();
    needed = new boolean[room];
    sizes = new boolean[room];
    tested = new boolean[room];
    for (Block block : routine.blocks()) {
      block.instructions().forEach(this::look);
      look(block.terminator());
    }
    close(needed);
    for (Block block : routine.blocks()) {
      block.instructions().forEach(this::lookForSizes);
    }
    close(sizes);
  }

  /** Whether an address or a size is computed from it. */
  public boolean isNeeded(Value value) {
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
      sizes[by.number()] |= sizes[value.number()];
    }
  }

  private static boolean at(boolean[] marks, Value value) {
    return value.number() < marks.length && marks[value.number()];
  }

  private void look(Value value) {
    switch (value.operation()) {
      case Operation.Binary _ when value.operand(0).isPointer() || value.operand(1).isPointer() ->
          value.operands().forEach(o -> mark(o, needed));
      case Operation.Below _ -> {
        mark(value.operand(0), needed);
        tested[value.operand(0).number()] = true;
      }
      case Operation.Branch _, Operation.Compare _ ->
          value.operands().forEach(o -> tested[o.number()] = true);
      default -> {}
    }
  }

  private void lookForSizes(Value value) {
    switch (value.operation()) {
      case Operation.Call call -> {
        for (int i = 0; i < value.operandCount(); i++) {
          if (isSize(call.helper(), i)) {
            mark(value.operand(i), sizes);
          }
        }
      }
      case Operation.CallRoutine _ -> value.operands().forEach(o -> mark(o, sizes));
      default -> {}
    }
  }

  /** Whether another parameter's code names this one as its length (appendix E). */
  private static boolean isSize(Helper helper, int parameter) {
    List<String> codes = helper.parameters();
    for (String code : codes) {
      int digit = code.startsWith("rw") ? 2 : 1;
      if ((code.startsWith("r") || code.startsWith("w"))
          && code.length() > digit
          && code.charAt(digit) - '1' == parameter) {
        return true;
      }
    }
    return false;
  }

  private void mark(Value value, boolean[] marks) {
    if (!value.isLeaf() && !value.isPointer() && !marks[value.number()]) {
      marks[value.number()] = true;
      work.push(value);
    }
  }

  private void close(boolean[] marks) {
    while (!work.isEmpty()) {
      Value value = work.pop();
      switch (value.operation()) {
        case Operation.Binary _, Operation.Extend _, Operation.Phi _, Operation.Below _ ->
            value.operands().forEach(o -> mark(o, marks));
        default -> {}
      }
    }
  }
}

package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.CleanUp;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.table.Helpers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Removes values that no effect and no terminator depends on, map lookups included, and blocks that
 * cannot be reached.
 */
final class DeadCode implements Pass {

  @Override
  public String name() {
    return "dead-code";
  }

  @Override
  public boolean run(Routine routine) {
    boolean changed = CleanUp.removeUnreachable(routine);
    boolean[] live = new boolean[routine.valueCount()];
    Deque<Value> work = new ArrayDeque<>();
    for (Block block : routine.blocks()) {
      for (Value value : block.instructions()) {
        if (isRoot(value)) {
          mark(value, live, work);
        }
      }
      mark(block.terminator(), live, work);
    }
    while (!work.isEmpty()) {
      Value value = work.pop();
      for (int i = 0; i < value.operandCount(); i++) {
        mark(value.operand(i), live, work);
      }
    }
    for (Block block : routine.blocks()) {
      List<Value> kept = new ArrayList<>(block.instructions().size());
      for (Value value : block.instructions()) {
        if (live[value.number()]) {
          kept.add(value);
        }
      }
      if (kept.size() < block.instructions().size()) {
        block.setInstructions(kept);
        changed = true;
      }
      int before = block.phis().size();
      block.retainPhis(v -> live[v.number()]);
      changed |= block.phis().size() < before;
    }
    return changed;
  }

  private static boolean isRoot(Value value) {
    return value.operation() instanceof Operation.Effect
        && !(value.operation() instanceof Operation.Call call
            && call.helper().is(Helpers.MAP_LOOKUP));
  }

  private static void mark(Value value, boolean[] live, Deque<Value> work) {
    if (!live[value.number()]) {
      live[value.number()] = true;
      work.push(value);
    }
  }
}

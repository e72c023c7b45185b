package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.type.ScalarType;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Simplifies the graph of blocks: decided branches become jumps, a block joins its only
 * predecessor, empty blocks are skipped, and so are branches by the predecessors that decide them
 * ({@link Threading}).
 */
final class Control implements Pass {
  /** More than any program needs: edges that chase each other round a loop come to an end too. */
  private static final int MOST_ROUNDS = 1_000;

  @Override
  public String name() {
    return "control";
  }

  @Override
  public boolean run(Routine routine) {
    boolean any = routine.removeUnreachable();
    boolean changed = true;
    for (int round = 0; changed && round < MOST_ROUNDS; round++) {
      changed = foldBranches(routine);
      // Only what moves edges leaves blocks behind; looking for them is a walk through all.
      if (changed) {
        routine.removeUnreachable();
      }
      boolean moved = skipEmpty(routine) | Threading.run(routine);
      if (moved) {
        routine.removeUnreachable();
      }
      changed |= moved;
      changed |= mergeBlocks(routine);
      any |= changed;
    }
    return any;
  }

  private static Value jump(Routine routine, Block block) {
    return routine.newValue(new Operation.Jump(), ScalarType.U64, block.terminator().origin());
  }

  private static boolean foldBranches(Routine routine) {
    boolean changed = false;
    for (Block block : routine.blocks()) {
      Test test = Test.of(block.terminator());
      if (test == null) {
        continue;
      }
      Boolean holds = test.folded();
      if (holds != null) {
        block.keepEdge(holds ? 0 : 1, jump(routine, block));
        changed = true;
      } else if (block.successors().getFirst() == block.successors().getLast()
          && block.successors().getFirst().phis().isEmpty()) {
        block.keepEdge(0, jump(routine, block));
        changed = true;
      }
    }
    return changed;
  }

  private static boolean skipEmpty(Routine routine) {
    boolean changed = false;
    for (Block block : List.copyOf(routine.blocks())) {
      if (block == routine.entry()
          || !block.phis().isEmpty()
          || !block.instructions().isEmpty()
          || !(block.terminator().operation() instanceof Operation.Jump)
          || block.successors().getFirst() == block) {
        continue;
      }
      Block target = block.successors().getFirst();
      int edge = block.edge(0);
      for (Block from : List.copyOf(block.predecessors())) {
        int index = from.successors().indexOf(block);
        if (index < 0) {
          continue;
        }
        boolean twice = from.successors().contains(target);
        if (twice && !target.phis().isEmpty()) {
          continue;
        }
        Value[] operands = target.phis().stream().map(p -> p.operand(edge)).toArray(Value[]::new);
        from.redirect(index, target);
        for (int i = 0; i < operands.length; i++) {
          target.completePhi(target.phis().get(i), operands[i]);
        }
        changed = true;
      }
    }
    return changed;
  }

  private static boolean mergeBlocks(Routine routine) {
    IdentityHashMap<Value, Value> replacements = new IdentityHashMap<>();
    boolean changed = false;
    for (Block block : List.copyOf(routine.blocks())) {
      while (block.successors().size() == 1) {
        Block next = block.successors().getFirst();
        if (next == block || next == routine.entry() || next.predecessors().size() != 1) {
          break;
        }
        for (Value phi : next.phis()) {
          replacements.put(phi, phi.operand(0));
        }
        next.retainPhis(p -> false);
        block.absorbSuccessor();
        changed = true;
      }
    }
    routine.removeAbsorbed();
    routine.replaceAll(replacements);
    return changed;
  }
}

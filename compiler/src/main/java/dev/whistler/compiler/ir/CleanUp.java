package dev.whistler.compiler.ir;

import dev.whistler.compiler.type.ScalarType;
import java.util.ArrayList;
import java.util.List;

/**
 * The clean-up of a routine's graph: blocks that nothing leads to, branches whose ways are one,
 * blocks that only jump on, and blocks that are the only way on of their only predecessor. Each
 * step says whether there was anything to do; one may leave work to another.
 */
public final class CleanUp {
  private CleanUp() {}

  /** Removes blocks that cannot be reached, with their edges. */
  public static boolean removeUnreachable(Routine routine) {
    List<Block> reachable = routine.reversePostOrder();
    if (reachable.size() == routine.blocks().size()) {
      return false;
    }
    boolean[] reached = new boolean[routine.blockCount()];
    reachable.forEach(block -> reached[block.number()] = true);
    for (Block block : routine.blocks()) {
      if (!reached[block.number()] && block.isTerminated()) {
        block.unterminate();
      }
    }
    routine.forgetBlocks(block -> !reached[block.number()]);
    return true;
  }

  /** Turns a branch into a jump along one of its edges. */
  public static void keepEdge(Routine routine, Block block, int index) {
    block.keepEdge(
        index, routine.newValue(new Operation.Jump(), ScalarType.U64, block.terminator().origin()));
  }

  /** Turns branches into jumps where both ways lead to the same. */
  public static boolean joinWays(Routine routine) {
    boolean changed = false;
    for (Block block : routine.blocks()) {
      List<Block> ways = block.successors();
      if (ways.size() == 2
          && ways.getFirst() == ways.getLast()
          && ways.getFirst().phis().isEmpty()) {
        keepEdge(routine, block, 0);
        changed = true;
      }
    }
    return changed;
  }

  /** Leads round blocks that do nothing but jump on; nothing leads to them any longer. */
  public static boolean skipEmpty(Routine routine) {
    boolean changed = false;
    for (Block block : routine.blocks()) {
      if (block != routine.entry() && isEmpty(block)) {
        changed |= skip(block);
      }
    }
    return changed;
  }

  private static boolean isEmpty(Block block) {
    return block.phis().isEmpty()
        && block.instructions().isEmpty()
        && block.terminator().operation() instanceof Operation.Jump
        && block.successors().getFirst() != block;
  }

  private static boolean skip(Block block) {
    boolean changed = false;
    Block target = block.successors().getFirst();
    int edge = block.edge(0);
    for (Block from : List.copyOf(block.predecessors())) {
      int index = from.successors().indexOf(block);
      boolean twice = from.successors().contains(target);
      // Two edges from one block would bring a phi two values.
      if (index < 0 || twice && !target.phis().isEmpty()) {
        continue;
      }
      List<Value> operands = new ArrayList<>(target.phis().size());
      for (Value phi : target.phis()) {
        operands.add(phi.operand(edge));
      }
      from.redirect(index, target);
      for (int i = 0; i < operands.size(); i++) {
        target.completePhi(target.phis().get(i), operands.get(i));
      }
      changed = true;
    }
    return changed;
  }

  /** Appends blocks to their only predecessors, if those lead nowhere else. */
  public static boolean merge(Routine routine) {
    Replacements replacements = new Replacements();
    boolean changed = false;
    for (Block block : routine.blocks()) {
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
    routine.forgetBlocks(block -> !block.isTerminated());
    routine.replaceAll(replacements);
    return changed;
  }
}

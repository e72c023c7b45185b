package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.Dominators;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Value;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Jump threading: a predecessor that decides a block's branch, by the constants it brings or by the
 * tests on its own way, goes straight to where the branch would lead. So a test that is made twice
 * is made once, and what the verifier learnt on the way to it, a packet's length for instance, is
 * not lost where the ways meet.
 */
final class Threading {
  private final PhiUses uses;
  private final Dominators dominators;

  /** Blocks that are not on all ways any longer that the dominators were computed for. */
  private final Set<Block> bypassed = new HashSet<>();

  private Threading(PhiUses uses, Dominators dominators) {
    this.uses = uses;
    this.dominators = dominators;
  }

  /** Whether anything changed. */
  static boolean run(Routine routine) {
    Threading threading = null;
    boolean changed = false;
    for (Block block : routine.blocks()) {
      if (isOnlyABranch(block)) {
        if (threading == null) {
          Dominators dominators = routine.dominators();
          threading = new Threading(new PhiUses(routine, dominators), dominators);
        }
        changed |= threading.passBy(block);
      }
    }
    return changed;
  }

  private static boolean isOnlyABranch(Block block) {
    return block.instructions().isEmpty()
        && block.predecessors().size() > 1
        && block.terminator().operation() instanceof Operation.Branch;
  }

  private boolean passBy(Block block) {
    boolean changed = false;
    boolean loop =
        block.predecessors().stream().anyMatch(from -> dominators.dominates(block, from));
    for (int i = 0; i < block.predecessors().size(); ) {
      Block from = block.predecessors().get(i);
      Boolean holds = outcome(block, from, loop);
      int outcome = holds == null || holds ? 0 : 1;
      if (holds != null
          && from != block
          && mayLeave(block, outcome)
          && redirect(from, block, outcome)) {
        bypassed.add(block);
        changed = true;
      } else {
        i++;
      }
    }
    return changed;
  }

  private boolean mayLeave(Block block, int outcome) {
    return block.phis().isEmpty()
        || !bypassed.contains(block.successors().get(1 - outcome))
            && uses.allowLeaving(block, outcome);
  }

  /** The answer to a block's branch for who comes from a predecessor; null if it may be either. */
  private @Nullable Boolean outcome(Block block, Block from, boolean loop) {
    Test test = Test.of(block.terminator());
    if (test == null) {
      return null;
    }
    int edge = block.predecessors().indexOf(from);
    Test asked = test.about(substitute(block, test.a(), edge), substitute(block, test.b(), edge));
    Boolean folded = asked.folded();
    if (folded != null) {
      return folded;
    }
    if (loop) {
      return null; // Only constants say that a round's test is not needed.
    }
    Test last = Test.onEdge(from, block);
    Boolean decided = last == null ? null : last.decides(asked);
    return decided == null ? before(from, asked) : decided;
  }

  /** What the tests on all ways to the end of a block say. */
  private @Nullable Boolean before(Block from, Test asked) {
    Block at = from;
    for (int i = 0; at != null && i < KnownBranches.MOST_TESTS; i++) {
      Test known = bypassed.contains(at) ? null : Test.into(at);
      Boolean decided = known == null ? null : known.decides(asked);
      if (decided != null) {
        return decided;
      }
      at = dominators.parent(at);
    }
    return null;
  }

  private static Value substitute(Block block, Value value, int edge) {
    return value.isPhi() && value.block() == block ? value.operand(edge) : value;
  }

  private boolean redirect(Block from, Block block, int outcome) {
    Block target = block.successors().get(outcome);
    if (target == block
        || from.successors().stream().filter(s -> s == block).count() != 1
        || from.successors().contains(target) && !target.phis().isEmpty()) {
      return false;
    }
    int incoming = block.predecessors().indexOf(from);
    int outgoing = block.edge(outcome);
    Value[] operands =
        target.phis().stream()
            .map(p -> substitute(block, p.operand(outgoing), incoming))
            .toArray(Value[]::new);
    from.redirect(from.successors().indexOf(block), target);
    for (int i = 0; i < operands.length; i++) {
      target.completePhi(target.phis().get(i), operands[i]);
      uses.pin(operands[i]);
    }
    return true;
  }
}

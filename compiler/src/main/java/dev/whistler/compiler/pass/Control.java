package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.CleanUp;
import dev.whistler.compiler.ir.Routine;

/**
 * Simplifies the graph of blocks: decided branches become jumps, branches that a predecessor
 * decides are passed by ({@link Threading}), and what that leaves is cleaned up.
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
    boolean any = CleanUp.removeUnreachable(routine);
    boolean changed = true;
    for (int round = 0; changed && round < MOST_ROUNDS; round++) {
      changed = foldBranches(routine) | CleanUp.joinWays(routine);
      // Only what moves edges leaves blocks behind; looking for them is a walk through all.
      if (changed) {
        CleanUp.removeUnreachable(routine);
      }
      boolean moved = CleanUp.skipEmpty(routine) | Threading.run(routine);
      if (moved) {
        CleanUp.removeUnreachable(routine);
      }
      changed |= moved;
      changed |= CleanUp.merge(routine);
      any |= changed;
    }
    return any;
  }

  private static boolean foldBranches(Routine routine) {
    boolean changed = false;
    for (Block block : routine.blocks()) {
      Test test = Test.of(block.terminator());
      Boolean holds = test == null ? null : test.folded();
      if (holds != null) {
        CleanUp.keepEdge(routine, block, holds ? 0 : 1);
        changed = true;
      }
    }
    return changed;
  }
}

package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.Routine;
import java.util.List;

/**
 * Puts an empty block on each edge from a block with two successors to a block with phis and
 * several predecessors, so that copies have a place.
 */
final class SplitCriticalEdges implements Pass {
  @Override
  public String name() {
    return "split-critical-edges";
  }

  @Override
  public boolean run(Routine routine) {
    boolean changed = false;
    for (Block block : List.copyOf(routine.blocks())) {
      for (int i = 0; block.successors().size() == 2 && i < 2; i++) {
        Block target = block.successors().get(i);
        if (!target.phis().isEmpty()) {
          routine.split(block, i, block.terminator().origin());
          changed = true;
        }
      }
    }
    return changed;
  }
}

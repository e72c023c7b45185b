package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Routine;
import java.util.List;
import java.util.Set;

/** All passes, from top to bottom. */
public final class Pipeline {
  private Pipeline() {}

  /** Passes that improve code; tests switch them off one by one. */
  private static List<Pass> improving(int instructionSet) {
    return List.of();
  }

  /** Passes that instruction selection relies on. */
  private static List<Pass> legalising() {
    return List.of(new DeadCode(), new ExpandCompares(), new SplitCriticalEdges());
  }

  /** Improves a routine and makes it ready for instruction selection. */
  public static void run(Routine routine, int instructionSet, Set<String> disabled) {
    for (Pass pass : improving(instructionSet)) {
      if (!disabled.contains(pass.name())) {
        pass.run(routine);
      }
    }
    for (Pass pass : legalising()) {
      pass.run(routine);
    }
  }
}

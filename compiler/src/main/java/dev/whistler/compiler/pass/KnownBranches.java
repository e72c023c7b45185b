package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.DominatorWalk;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Replacements;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.tree.Expr.Relation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides branches, and comparisons as values, by the branches that dominate them: the same test
 * again, a bound implied by another, and packet lengths that a longer check has shown already.
 */
final class KnownBranches implements Pass {
  /** Dominating tests looked at for each branch. */
  static final int MOST_TESTS = 32;

  @Override
  public String name() {
    return "known-branches";
  }

  @Override
  public boolean run(Routine routine) {
    Walk walk = new Walk(routine);
    walk.run();
    routine.replaceAll(walk.replacements);
    return walk.changed;
  }

  private static final class Walk extends DominatorWalk {
    private final Routine routine;
    private final List<Test> facts = new ArrayList<>();
    final Replacements replacements = new Replacements();
    boolean changed;

    Walk(Routine routine) {
      super(routine);
      this.routine = routine;
    }

    @Override
    protected void enter(Block block) {
      Test incoming = Test.into(block);
      if (incoming != null) {
        facts.add(incoming);
        onLeave(facts::removeLast);
      }
      decideValues(block);
      Value terminator = block.terminator();
      Boolean decided = decide(terminator);
      if (decided != null) {
        terminator.become(
            new Operation.Branch(decided ? Relation.EQUAL : Relation.NOT_EQUAL, false),
            routine.constant(0),
            routine.constant(0));
        changed = true;
      }
    }

    private void decideValues(Block block) {
      List<Value> kept = new ArrayList<>(block.instructions().size());
      for (Value value : block.instructions()) {
        Boolean decided = decide(value);
        if (decided == null) {
          kept.add(value);
        } else {
          replacements.put(value, routine.constant(decided ? 1 : 0));
        }
      }
      if (kept.size() < block.instructions().size()) {
        block.setInstructions(kept);
        changed = true;
      }
    }

    private @Nullable Boolean decide(Value value) {
      Test asked = facts.isEmpty() ? null : Test.of(value);
      if (asked == null || asked.a().constant().isPresent()) {
        return null;
      }
      for (int i = facts.size() - 1; i >= 0 && i >= facts.size() - MOST_TESTS; i--) {
        Boolean decided = facts.get(i).decides(asked);
        if (decided != null) {
          return decided;
        }
      }
      return null;
    }
  }
}

package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.DominatorWalk;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.tree.Expr.Relation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides branches by the branches that dominate them: the same test again, a bound implied by
 * another, and packet lengths that a longer check has shown already.
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
    return walk.changed;
  }

  private static final class Walk extends DominatorWalk {
    private final Routine routine;
    private final List<Test> facts = new ArrayList<>();
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
      Value terminator = block.terminator();
      Test asked = Test.of(terminator);
      Boolean decided = asked == null || asked.a().constant().isPresent() ? null : decide(asked);
      if (decided != null) {
        terminator.become(
            new Operation.Branch(decided ? Relation.EQUAL : Relation.NOT_EQUAL, false),
            routine.constant(0),
            routine.constant(0));
        changed = true;
      }
    }

    private @Nullable Boolean decide(Test asked) {
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

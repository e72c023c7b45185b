package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.Dominators;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.tree.Expr.Relation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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
    Dominators dominators = routine.dominators();
    boolean[] changed = {false};
    List<Test> facts = new ArrayList<>();
    Deque<Runnable> work = new ArrayDeque<>();
    work.push(() -> enter(routine, routine.entry(), dominators, facts, work, changed));
    while (!work.isEmpty()) {
      work.pop().run();
    }
    return changed[0];
  }

  private static void enter(
      Routine routine,
      Block block,
      Dominators dominators,
      List<Test> facts,
      Deque<Runnable> work,
      boolean[] changed) {
    int before = facts.size();
    Test incoming = Test.into(block);
    if (incoming != null) {
      facts.add(incoming);
    }
    Value terminator = block.terminator();
    Test asked = Test.of(terminator);
    if (asked != null && asked.a().constant().isEmpty()) {
      Boolean decided = decide(asked, facts);
      if (decided != null) {
        terminator.become(
            new Operation.Branch(decided ? Relation.EQUAL : Relation.NOT_EQUAL, false),
            routine.constant(0),
            routine.constant(0));
        changed[0] = true;
      }
    }
    work.push(
        () -> {
          while (facts.size() > before) {
            facts.removeLast();
          }
        });
    for (Block child : dominators.children(block)) {
      work.push(() -> enter(routine, child, dominators, facts, work, changed));
    }
  }

  private static @Nullable Boolean decide(Test asked, List<Test> facts) {
    for (int i = facts.size() - 1; i >= 0 && i >= facts.size() - MOST_TESTS; i--) {
      Boolean decided = facts.get(i).decides(asked);
      if (decided != null) {
        return decided;
      }
    }
    return null;
  }
}

package dev.whistler.compiler.pass;

import dev.whistler.compiler.form.Expr.Relation;
import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.Dominators;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Relations;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Value;
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
  private static final int MOST_TESTS = 32;

  @Override
  public String name() {
    return "known-branches";
  }

  /** A relation that holds where this is looked up. */
  private record Fact(Relation relation, boolean narrow, Value a, Value b) {}

  @Override
  public boolean run(Routine routine) {
    Dominators dominators = new Dominators(routine);
    boolean[] changed = {false};
    List<Fact> facts = new ArrayList<>();
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
      List<Fact> facts,
      Deque<Runnable> work,
      boolean[] changed) {
    int before = facts.size();
    Fact incoming = incoming(block);
    if (incoming != null) {
      facts.add(incoming);
    }
    Value terminator = block.terminator();
    if (terminator.operation() instanceof Operation.Branch branch
        && terminator.operand(0).constant().isEmpty()) {
      Boolean decided = decide(branch, terminator, facts);
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

  /** What the only way into a block says. */
  private static @Nullable Fact incoming(Block block) {
    if (block.predecessors().size() != 1) {
      return null;
    }
    Block from = block.predecessors().getFirst();
    Value test = from.terminator();
    if (!(test.operation() instanceof Operation.Branch branch)
        || from.successors().getFirst() == from.successors().getLast()) {
      return null;
    }
    Relation relation =
        from.successors().getFirst() == block
            ? branch.relation()
            : Relations.inverse(branch.relation());
    return new Fact(relation, branch.narrow(), test.operand(0), test.operand(1));
  }

  private static @Nullable Boolean decide(
      Operation.Branch branch, Value terminator, List<Fact> facts) {
    Value a = terminator.operand(0);
    Value b = terminator.operand(1);
    for (int i = facts.size() - 1; i >= 0 && i >= facts.size() - MOST_TESTS; i--) {
      Fact fact = facts.get(i);
      if (fact.narrow() != branch.narrow()) {
        continue;
      }
      if (fact.a() == a && fact.b() == b) {
        if (implies(fact.relation(), branch.relation())) {
          return true;
        }
        if (implies(fact.relation(), Relations.inverse(branch.relation()))) {
          return false;
        }
      }
      Boolean decided = byConstant(fact, branch.relation(), a, b);
      if (decided == null) {
        decided = byLength(fact, branch.relation(), a, b);
      }
      if (decided != null) {
        return decided;
      }
    }
    return null;
  }

  /** Whether one relation of the same operands includes the other. */
  static boolean implies(Relation known, Relation wanted) {
    if (known == wanted) {
      return true;
    }
    return switch (known) {
      case EQUAL ->
          wanted == Relation.LESS_EQUAL
              || wanted == Relation.GREATER_EQUAL
              || wanted == Relation.SIGNED_LESS_EQUAL
              || wanted == Relation.SIGNED_GREATER_EQUAL;
      case LESS -> wanted == Relation.LESS_EQUAL || wanted == Relation.NOT_EQUAL;
      case GREATER -> wanted == Relation.GREATER_EQUAL || wanted == Relation.NOT_EQUAL;
      case SIGNED_LESS -> wanted == Relation.SIGNED_LESS_EQUAL || wanted == Relation.NOT_EQUAL;
      case SIGNED_GREATER ->
          wanted == Relation.SIGNED_GREATER_EQUAL || wanted == Relation.NOT_EQUAL;
      default -> false;
    };
  }

  /** Equality with one constant decides every comparison with another. */
  private static @Nullable Boolean byConstant(Fact fact, Relation relation, Value a, Value b) {
    if (fact.a() != a
        || fact.relation() != Relation.EQUAL
        || fact.narrow()
        || fact.b().constant().isEmpty()
        || b.constant().isEmpty()) {
      return null;
    }
    return Folding.compare(
        relation, fact.b().constant().getAsLong(), b.constant().getAsLong(), false);
  }

  /**
   * With {@code p + long <= end} known, {@code p + short <= end} holds too: the sums cannot
   * overflow, since the kernel bounds what may be added to a packet pointer.
   */
  private static @Nullable Boolean byLength(Fact fact, Relation relation, Value a, Value b) {
    if (fact.b() != b
        || fact.relation() != Relation.LESS_EQUAL
        || !b.isPointer()
        || !a.isPointer()
        || Effects.base(a) != Effects.base(fact.a())) {
      return null;
    }
    long shorter = Effects.distance(a);
    long longer = Effects.distance(fact.a());
    if (shorter < 0 || shorter > longer || longer > 0xffff) {
      return null;
    }
    return switch (relation) {
      case GREATER -> false;
      case LESS_EQUAL -> true;
      default -> null;
    };
  }
}

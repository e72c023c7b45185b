package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.Dominators;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.type.ScalarType;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tests the address of a reservation once and what that test found afterwards. Verifiers before
 * Linux 6.4 forget of ring buffer records that they are not null: they would follow a second test
 * of the address to where it is null, and miss the record's submission there.
 */
final class SingleNullTests implements Pass {
  @Override
  public String name() {
    return "single-null-tests";
  }

  @Override
  public boolean run(Routine routine) {
    boolean changed = false;
    List<Value> tests = tests(routine);
    if (tests.size() < 2) {
      return false;
    }
    Dominators dominators = routine.dominators();
    // Programs have thousands of reservations, each with few tests.
    Map<Value, List<Value>> byReservation = new IdentityHashMap<>();
    for (Value test : tests) {
      byReservation.computeIfAbsent(test.operand(0), r -> new ArrayList<>()).add(test);
    }
    Map<Value, List<Value>> related = new IdentityHashMap<>();
    byReservation.values().forEach(group -> group.forEach(test -> related.put(test, group)));
    for (Value first : tests) {
      Block block = first.block();
      if (block == null || block.terminator() != first) {
        continue;
      }
      List<Value> later = new ArrayList<>();
      Block join = join(block, dominators);
      for (Value test : related.getOrDefault(first, List.of())) {
        Block at = test.block();
        if (join != null
            && at != null
            && test != first
            && test.operand(0) == first.operand(0)
            && dominators.dominates(join, at)) {
          later.add(test);
        }
      }
      if (join != null && !later.isEmpty()) {
        Value found = found(routine, block, join, dominators);
        later.forEach(test -> test.setOperand(0, found));
        changed = true;
      }
    }
    return changed;
  }

  private static List<Value> tests(Routine routine) {
    List<Value> tests = new ArrayList<>();
    for (Block block : routine.blocks()) {
      for (Value value : block.instructions()) {
        if (isTest(value)) {
          tests.add(value);
        }
      }
      if (isTest(block.terminator())) {
        tests.add(block.terminator());
      }
    }
    return tests;
  }

  private static boolean isTest(Value value) {
    return relation(value) != null
        && Effects.isReservation(value.operand(0))
        && value.operand(1).isConstant(0);
  }

  /** The relation of a test for equality; null for anything else. */
  private static @Nullable Relation relation(Value value) {
    Relation relation =
        switch (value.operation()) {
          case Operation.Branch branch -> branch.narrow() ? null : branch.relation();
          case Operation.Compare compare -> compare.narrow() ? null : compare.relation();
          default -> null;
        };
    return relation == Relation.EQUAL || relation == Relation.NOT_EQUAL ? relation : null;
  }

  /** Where both ways from a test meet; null if one of them does not come back. */
  private static @Nullable Block join(Block test, Dominators dominators) {
    for (Block child : dominators.children(test)) {
      if (child.predecessors().size() > 1
          && child.predecessors().stream().allMatch(p -> side(test, p, child, dominators) >= 0)) {
        return child;
      }
    }
    return null;
  }

  /** On which side of a test, 0 or 1, a predecessor of the join is; -1 if that cannot be said. */
  private static int side(Block test, Block predecessor, Block join, Dominators dominators) {
    for (int i = 0; i < 2; i++) {
      Block successor = test.successors().get(i);
      boolean direct = predecessor == test && successor == join;
      boolean inside =
          successor != join
              && successor.predecessors().size() == 1
              && dominators.dominates(successor, predecessor);
      if ((direct && test.successors().get(1 - i) != join) || inside) {
        return i;
      }
    }
    return -1;
  }

  /** At the join: 1 if the reservation succeeded, else 0. */
  private static Value found(Routine routine, Block test, Block join, Dominators dominators) {
    int failed = relation(test.terminator()) == Relation.EQUAL ? 0 : 1;
    Value[] outcomes =
        join.predecessors().stream()
            .map(p -> routine.constant(side(test, p, join, dominators) == failed ? 0 : 1))
            .toArray(Value[]::new);
    Value phi =
        routine.newValue(new Operation.Phi(), ScalarType.U64, test.terminator().origin(), outcomes);
    join.appendPhi(phi);
    return phi;
  }
}

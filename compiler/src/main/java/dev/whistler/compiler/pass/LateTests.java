package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.Dominators;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.tree.Expr.Relation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a test of a number only sets a flag to 1 or 0, and only one branch later asks for the flag,
 * that branch makes the test itself.
 *
 * <p>Only one, and none that is come to again: the kernel's verifier follows a way with its flag
 * and knows what it has been through, but does not keep that a number was unequal to another one.
 * By a test that is made twice it would come to ways that cannot be taken.
 */
final class LateTests implements Pass {
  @Override
  public String name() {
    return "late-tests";
  }

  @Override
  public boolean run(Routine routine) {
    Map<Value, Test> flags = flags(routine);
    if (flags.isEmpty() || hasLoop(routine)) {
      return false;
    }
    int[] uses = routine.useCounts();
    Set<Value> gone = new HashSet<>();
    for (Block block : routine.blocks()) {
      Test asked = Test.of(block.terminator());
      Test made = asked == null ? null : flags.get(asked.a());
      if (asked == null
          || made == null
          || uses[asked.a().number()] != 1
          || !isOfFlag(asked)
          || gone.contains(made.a())) {
        continue;
      }
      boolean same = asked.b().isConstant(1) == (asked.relation() == Relation.EQUAL);
      Test test = same ? made : made.inverse();
      block.terminator().become(test.branch(), test.a(), test.b());
      // What is tested may be a flag in turn.
      uses[test.a().number()]++;
      gone.add(asked.a());
    }
    routine.blocks().forEach(block -> block.retainPhis(phi -> !gone.contains(phi)));
    return !gone.isEmpty();
  }

  private static boolean isOfFlag(Test test) {
    return test.isEquality() && (test.b().isConstant(0) || test.b().isConstant(1));
  }

  private static boolean hasLoop(Routine routine) {
    Dominators dominators = routine.dominators();
    return routine.blocks().stream()
        .anyMatch(
            block -> block.successors().stream().anyMatch(s -> dominators.isBackEdge(block, s)));
  }

  /** Phis that are 1 where a test holds and else 0, with these tests. */
  private static Map<Value, Test> flags(Routine routine) {
    Map<Value, Test> flags = new HashMap<>();
    for (Block block : routine.blocks()) {
      // Were there another phi, the ways would stay for that one.
      Test test = block.phis().size() == 1 ? decision(block) : null;
      if (test != null && !test.a().isPointer() && test.b().constant().isPresent()) {
        Value phi = block.phis().getFirst();
        if (phi.operand(0).isConstant(1) && phi.operand(1).isConstant(0)) {
          flags.put(phi, test);
        } else if (phi.operand(0).isConstant(0) && phi.operand(1).isConstant(1)) {
          flags.put(phi, test.inverse());
        }
      }
    }
    return flags;
  }

  /** What holds where one comes from the first of two predecessors; null if nothing decides. */
  private static @Nullable Test decision(Block block) {
    if (block.predecessors().size() != 2) {
      return null;
    }
    Block first = block.predecessors().getFirst();
    Block from = origin(first, block);
    return from == block || from != origin(block.predecessors().getLast(), block)
        ? null
        : Test.onEdge(from, first == from ? block : first);
  }

  /** Where an edge comes from, an empty block on the way left out. */
  private static Block origin(Block predecessor, Block block) {
    boolean onTheWay =
        predecessor.successors().size() == 1
            && predecessor.successors().getFirst() == block
            && predecessor.predecessors().size() == 1
            && predecessor.phis().isEmpty()
            && predecessor.instructions().isEmpty();
    return onTheWay ? predecessor.predecessors().getFirst() : predecessor;
  }
}

package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.NeededBounds;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Relations;
import dev.whistler.compiler.ir.Replacements;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.type.ScalarType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Shows the kernel's verifier, from 5.15 on, what earlier passes know of indices and sizes. An
 * index is used as it is where its making bounds it, or a test of this very value on every way from
 * there; otherwise a mask or a test that never fails is put in front of the use.
 */
final class ShowBounds implements Pass {
  @Override
  public String name() {
    return "show-bounds";
  }

  @Override
  public boolean run(Routine routine) {
    return limit(routine) | excludeZero(routine);
  }

  private static boolean limit(Routine routine) {
    if (routine.blocks().stream().noneMatch(ShowBounds::hasLimit)) {
      return false;
    }
    Facts facts = Facts.ofVerifier(routine);
    Replacements replacements = new Replacements();
    List<Value> hidden = new ArrayList<>();
    for (Block block : routine.blocks()) {
      for (Value value : block.instructions()) {
        if (value.operation() instanceof Operation.Below below) {
          Value index = value.operand(0);
          if (isShown(index, below.limit(), block, facts)) {
            replacements.put(value, index);
          } else if (Long.bitCount(below.limit()) == 1) {
            value.become(
                new Operation.Binary(Operator.AND, false),
                index,
                routine.constant(below.limit() - 1));
          } else {
            hidden.add(value);
          }
        }
      }
    }
    for (Block block : routine.blocks()) {
      block.setInstructions(
          block.instructions().stream().filter(v -> !replacements.contains(v)).toList());
    }
    hidden.forEach(value -> replacements.put(value, test(routine, value)));
    routine.replaceAll(replacements);
    return true;
  }

  private static boolean hasLimit(Block block) {
    for (Value value : block.instructions()) {
      if (value.operation() instanceof Operation.Below) {
        return true;
      }
    }
    return false;
  }

  private static boolean isShown(Value index, long limit, Block use, Facts facts) {
    return Long.compareUnsigned(facts.high(index), limit) < 0
        || index.block() != null && isTested(index, limit, use, facts, new HashSet<>());
  }

  /** Whether every way from an index to a block leads over a branch that bounds it. */
  private static boolean isTested(
      Value index, long limit, Block block, Facts facts, Set<Block> seen) {
    if (!seen.add(block)) {
      return true;
    }
    if (block == index.block() || block.predecessors().isEmpty()) {
      return false;
    }
    for (Block from : block.predecessors()) {
      if (!isBounded(index, limit, from, block, facts)
          && !isTested(index, limit, from, facts, seen)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isBounded(Value index, long limit, Block from, Block to, Facts facts) {
    Value test = from.terminator();
    if (!(test.operation() instanceof Operation.Branch branch)
        || from.successors().getFirst() == from.successors().getLast()
        || test.operand(0) != index
        || test.operand(1).constant().isEmpty()
        || branch.narrow() && !facts.isWord32(index)) {
      return false;
    }
    Relation relation =
        from.successors().getFirst() == to
            ? branch.relation()
            : Relations.inverse(branch.relation());
    long bound = test.operand(1).constant().getAsLong();
    return switch (relation) {
      case LESS -> Long.compareUnsigned(bound, limit) <= 0;
      case EQUAL, LESS_EQUAL -> Long.compareUnsigned(bound, limit) < 0;
      default -> false;
    };
  }

  /** The index if it is below the limit, which it is, or else 0. */
  private static Value test(Routine routine, Value below) {
    Block block = java.util.Objects.requireNonNull(below.block());
    long limit = ((Operation.Below) below.operation()).limit();
    int at = block.instructions().indexOf(below);
    Block zero = routine.newBlock();
    Block rest = routine.newBlock();
    block.moveTail(at + 1, rest);
    block.setInstructions(block.instructions().subList(0, at));
    block.terminate(
        routine.newValue(
            new Operation.Branch(Relation.LESS, false),
            ScalarType.U64,
            below.origin(),
            below.operand(0),
            routine.constant(limit)),
        rest,
        zero);
    zero.terminate(routine.newValue(new Operation.Jump(), ScalarType.U64, below.origin()), rest);
    Value phi =
        routine.newValue(
            new Operation.Phi(),
            below.type(),
            below.origin(),
            below.operand(0),
            routine.constant(0));
    rest.appendPhi(phi);
    return phi;
  }

  /**
   * A size that is not 0 is tested as greater than 0: verifiers before 6.8 learn nothing from
   * "unequal" (reg_set_min_max, kernel/bpf/verifier.c), and most helpers refuse a size of 0.
   */
  private static boolean excludeZero(Routine routine) {
    NeededBounds bounds = new NeededBounds(routine);
    boolean changed = false;
    for (Block block : routine.blocks()) {
      Value last = block.terminator();
      if (last.operation() instanceof Operation.Branch branch
          && last.operand(1).isConstant(0)
          && bounds.isSize(last.operand(0))
          && (branch.relation() == Relation.EQUAL || branch.relation() == Relation.NOT_EQUAL)) {
        Relation relation =
            branch.relation() == Relation.EQUAL ? Relation.LESS_EQUAL : Relation.GREATER;
        last.become(
            new Operation.Branch(relation, branch.narrow()), last.operand(0), last.operand(1));
        changed = true;
      }
    }
    return changed;
  }
}

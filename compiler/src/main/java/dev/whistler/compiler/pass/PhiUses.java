package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.Dominators;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where phis are used otherwise than by the branch of their own block and by phis on its outgoing
 * edges. A predecessor may go round the block only if no such use can then be reached without the
 * phi.
 */
final class PhiUses {
  private final Dominators dominators;
  private final Map<Value, List<Block>> elsewhere = new HashMap<>();
  private final Set<Value> pinned = new HashSet<>();

  PhiUses(Routine routine, Dominators dominators) {
    this.dominators = dominators;
    for (Block user : routine.blocks()) {
      for (Value phi : user.phis()) {
        for (int i = 0; i < phi.operandCount(); i++) {
          Value operand = phi.operand(i);
          Block from = user.predecessors().get(i);
          if (operand.block() == user || operand.block() != from) {
            note(operand, from);
          }
        }
      }
      for (Value value : user.instructions()) {
        for (int i = 0; i < value.operandCount(); i++) {
          note(value.operand(i), user);
        }
      }
      for (Value operand : user.terminator().operands()) {
        if (operand.block() != user) {
          note(operand, user);
        }
      }
    }
  }

  private void note(Value value, Block user) {
    if (value.isPhi()) {
      elsewhere.computeIfAbsent(value, v -> new ArrayList<>()).add(user);
    }
  }

  /** From here on the value is used at a place not looked at. */
  void pin(Value value) {
    pinned.add(value);
  }

  /**
   * Whether a predecessor of a block may go straight to one of its successors: the phis must only
   * matter where the other successor is passed.
   */
  boolean allowLeaving(Block block, int outcome) {
    Block other = block.successors().get(1 - outcome);
    boolean only = other.predecessors().size() == 1;
    for (Value phi : block.phis()) {
      if (pinned.contains(phi)) {
        return false;
      }
      for (Block user : elsewhere.getOrDefault(phi, List.of())) {
        if (!only || !dominators.dominates(other, user)) {
          return false;
        }
      }
    }
    return true;
  }
}

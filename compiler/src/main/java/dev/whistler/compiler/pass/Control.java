package dev.whistler.compiler.pass;

import dev.whistler.compiler.form.Expr.Relation;
import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.type.ScalarType;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Simplifies the graph of blocks: decided branches become jumps, a block joins its only
 * predecessor, empty blocks are skipped, and a branch on a phi of constants is skipped by the
 * predecessors that decide it (jump threading).
 */
final class Control implements Pass {
  @Override
  public String name() {
    return "control";
  }

  @Override
  public boolean run(Routine routine) {
    boolean any = routine.removeUnreachable();
    boolean changed = true;
    while (changed) {
      changed = foldBranches(routine);
      // Only what moves edges leaves blocks behind; looking for them is a walk through all.
      if (changed) {
        routine.removeUnreachable();
      }
      boolean moved = skipEmpty(routine) | thread(routine);
      if (moved) {
        routine.removeUnreachable();
      }
      changed |= moved;
      changed |= mergeBlocks(routine);
      any |= changed;
    }
    return any;
  }

  private static Value jump(Routine routine, Block block) {
    return routine.newValue(new Operation.Jump(), ScalarType.U64, block.terminator().origin());
  }

  private static boolean foldBranches(Routine routine) {
    boolean changed = false;
    for (Block block : routine.blocks()) {
      if (!(block.terminator().operation() instanceof Operation.Branch branch)) {
        continue;
      }
      Value a = block.terminator().operand(0);
      Value b = block.terminator().operand(1);
      if (a.constant().isPresent() && b.constant().isPresent()) {
        boolean holds =
            Folding.compare(
                branch.relation(),
                a.constant().getAsLong(),
                b.constant().getAsLong(),
                branch.narrow());
        block.keepEdge(holds ? 0 : 1, jump(routine, block));
        changed = true;
      } else if (block.successors().getFirst() == block.successors().getLast()
          && block.successors().getFirst().phis().isEmpty()) {
        block.keepEdge(0, jump(routine, block));
        changed = true;
      }
    }
    return changed;
  }

  private static boolean skipEmpty(Routine routine) {
    boolean changed = false;
    for (Block block : List.copyOf(routine.blocks())) {
      if (block == routine.entry()
          || !block.phis().isEmpty()
          || !block.instructions().isEmpty()
          || !(block.terminator().operation() instanceof Operation.Jump)
          || block.successors().getFirst() == block) {
        continue;
      }
      Block target = block.successors().getFirst();
      int edge = block.edge(0);
      for (Block from : List.copyOf(block.predecessors())) {
        int index = from.successors().indexOf(block);
        if (index < 0) {
          continue;
        }
        boolean twice = from.successors().contains(target);
        if (twice && !target.phis().isEmpty()) {
          continue;
        }
        Value[] operands = target.phis().stream().map(p -> p.operand(edge)).toArray(Value[]::new);
        from.redirect(index, target);
        for (int i = 0; i < operands.length; i++) {
          target.completePhi(target.phis().get(i), operands[i]);
        }
        changed = true;
      }
    }
    return changed;
  }

  private static boolean mergeBlocks(Routine routine) {
    IdentityHashMap<Value, Value> replacements = new IdentityHashMap<>();
    boolean changed = false;
    for (Block block : List.copyOf(routine.blocks())) {
      while (block.successors().size() == 1) {
        Block next = block.successors().getFirst();
        if (next == block || next == routine.entry() || next.predecessors().size() != 1) {
          break;
        }
        for (Value phi : next.phis()) {
          replacements.put(phi, phi.operand(0));
        }
        next.retainPhis(p -> false);
        block.absorbSuccessor();
        changed = true;
      }
    }
    routine.removeAbsorbed();
    routine.replaceAll(replacements);
    return changed;
  }

  // Jump threading

  private static boolean branchesOnPhis(Block block) {
    return !block.phis().isEmpty()
        && block.instructions().isEmpty()
        && block.terminator().operation() instanceof Operation.Branch;
  }

  private static boolean thread(Routine routine) {
    if (routine.blocks().stream().noneMatch(Control::branchesOnPhis)) {
      return false;
    }
    PhiUses uses = new PhiUses(routine);
    boolean changed = false;
    for (Block block : routine.blocks()) {
      if (!branchesOnPhis(block)) {
        continue;
      }
      for (int i = 0; i < block.predecessors().size(); ) {
        Block from = block.predecessors().get(i);
        int outcome = outcome(block, from);
        if (outcome >= 0
            && from != block
            && uses.allowLeaving(block, outcome)
            && redirect(from, block, outcome, uses)) {
          changed = true;
        } else {
          i++;
        }
      }
    }
    return changed;
  }

  /** Which successor a predecessor's values lead to; -1 if that is not known. */
  private static int outcome(Block block, Block from) {
    Operation.Branch branch = (Operation.Branch) block.terminator().operation();
    int edge = block.predecessors().indexOf(from);
    Value a = substitute(block, block.terminator().operand(0), edge);
    Value b = substitute(block, block.terminator().operand(1), edge);
    if (a.constant().isPresent() && b.constant().isPresent()) {
      return Folding.compare(
              branch.relation(),
              a.constant().getAsLong(),
              b.constant().getAsLong(),
              branch.narrow())
          ? 0
          : 1;
    }
    Relation known = relationAlong(from, block, a, b);
    if (known == null) {
      return -1;
    }
    if (known == branch.relation()) {
      return 0;
    }
    return known == dev.whistler.compiler.ir.Relations.inverse(branch.relation()) ? 1 : -1;
  }

  /** What the branch at the end of {@code from} says about two values on its edge to a block. */
  private static @Nullable Relation relationAlong(Block from, Block to, Value a, Value b) {
    if (from.terminator().operation() instanceof Operation.Branch branch
        && !branch.narrow()
        && from.terminator().operand(0) == a
        && from.terminator().operand(1) == b
        && from.successors().getFirst() != from.successors().getLast()) {
      return from.successors().getFirst() == to
          ? branch.relation()
          : dev.whistler.compiler.ir.Relations.inverse(branch.relation());
    }
    return null;
  }

  private static Value substitute(Block block, Value value, int edge) {
    return value.isPhi() && value.block() == block ? value.operand(edge) : value;
  }

  private static boolean redirect(Block from, Block block, int outcome, PhiUses uses) {
    Block target = block.successors().get(outcome);
    if (target == block
        || from.successors().stream().filter(s -> s == block).count() != 1
        || from.successors().contains(target) && !target.phis().isEmpty()) {
      return false;
    }
    int incoming = block.predecessors().indexOf(from);
    int outgoing = block.edge(outcome);
    Value[] operands =
        target.phis().stream()
            .map(p -> substitute(block, p.operand(outgoing), incoming))
            .toArray(Value[]::new);
    from.redirect(from.successors().indexOf(block), target);
    for (int i = 0; i < operands.length; i++) {
      target.completePhi(target.phis().get(i), operands[i]);
      uses.pin(operands[i]);
    }
    return true;
  }
}

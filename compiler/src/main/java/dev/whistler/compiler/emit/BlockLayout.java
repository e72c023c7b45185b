package dev.whistler.compiler.emit;

import dev.whistler.compiler.form.Expr.Relation;
import dev.whistler.compiler.ir.Relations;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Order of blocks: what is reached by falling through follows, and empty blocks disappear. Nothing
 * unreachable is kept.
 */
final class BlockLayout {
  private BlockLayout() {}

  static void arrange(MachineRoutine machine, Set<String> disabled) {
    skipEmpty(machine);
    order(machine);
  }

  private static void skipEmpty(MachineRoutine machine) {
    for (MachineBlock block : machine.blocks) {
      block.next = target(block.next);
      block.taken = target(block.taken);
      if (block.jump != null && block.next == block.taken) {
        block.jump = null;
        block.taken = null;
      }
    }
  }

  private static @Nullable MachineBlock target(@Nullable MachineBlock block) {
    MachineBlock current = block;
    // Empty blocks cannot form a circle: a loop has a counter.
    while (current != null
        && current.code.isEmpty()
        && current.jump == null
        && current.next != null) {
      current = current.next;
    }
    return current;
  }

  private static void order(MachineRoutine machine) {
    List<MachineBlock> order = new ArrayList<>();
    Set<MachineBlock> placed = new HashSet<>();
    Deque<MachineBlock> pending = new ArrayDeque<>();
    pending.push(machine.blocks.getFirst());
    while (!pending.isEmpty()) {
      MachineBlock block = pending.pop();
      while (block != null && placed.add(block)) {
        order.add(block);
        if (block.jump != null) {
          if (placed.contains(block.next) && !placed.contains(block.taken)) {
            invert(block);
          }
          if (block.taken != null && !placed.contains(block.taken)) {
            pending.push(block.taken);
          }
        }
        block = block.next;
      }
    }
    machine.blocks.clear();
    machine.blocks.addAll(order);
  }

  /** Turns a jump round, if the opposite relation exists in the same form. */
  private static void invert(MachineBlock block) {
    MachineInstruction jump = java.util.Objects.requireNonNull(block.jump);
    int operation = jump.opcode & 0xf0;
    for (Relation relation : Relation.values()) {
      Relation inverse = Relations.inverse(relation);
      boolean plain = relation == Relation.EQUAL || relation == Relation.NOT_EQUAL;
      if (Opcode.jump(relation) == operation && plain) {
        jump.opcode = jump.opcode & ~0xf0 | Opcode.jump(inverse);
        MachineBlock taken = block.taken;
        block.taken = block.next;
        block.next = taken;
        return;
      }
    }
  }
}

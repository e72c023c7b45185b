package dev.whistler.compiler.emit;

import dev.whistler.compiler.ir.Relations;
import dev.whistler.compiler.tree.Expr.Relation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Shape and order of blocks once registers are chosen: copies on edges move before the jump where
 * that harms no one, empty blocks are skipped, equal ends of blocks are emitted once, and what is
 * reached by falling through follows. Nothing unreachable is kept.
 */
final class BlockLayout {
  /** The name by which tests switch off everything but the order. */
  static final String NAME = "layout";

  private final MachineRoutine machine;
  private final int instructionSet;

  private BlockLayout(MachineRoutine machine, int instructionSet) {
    this.machine = machine;
    this.instructionSet = instructionSet;
  }

  static void arrange(MachineRoutine machine, int instructionSet, Set<String> disabled) {
    BlockLayout layout = new BlockLayout(machine, instructionSet);
    layout.skipEmpty();
    if (!disabled.contains(NAME)) {
      boolean changed = true;
      for (int round = 0; changed && round < 8; round++) {
        changed = layout.hoistCopies();
        layout.skipEmpty();
        layout.removeUnreachable();
        changed |= layout.joinBlocks();
        changed |= new TailMerging(machine).run();
        layout.skipEmpty();
        layout.removeUnreachable();
      }
    }
    layout.order();
  }

  private void skipEmpty() {
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

  private void removeUnreachable() {
    Set<MachineBlock> reached = new HashSet<>();
    Deque<MachineBlock> work = new ArrayDeque<>();
    work.push(machine.blocks.getFirst());
    while (!work.isEmpty()) {
      MachineBlock block = work.pop();
      if (reached.add(block)) {
        block.successors().forEach(work::push);
      }
    }
    machine.blocks.removeIf(b -> !reached.contains(b));
  }

  private Map<MachineBlock, List<MachineBlock>> predecessors() {
    Map<MachineBlock, List<MachineBlock>> map = new LinkedHashMap<>();
    machine.blocks.forEach(b -> map.put(b, new ArrayList<>()));
    for (MachineBlock block : machine.blocks) {
      for (MachineBlock successor : block.successors()) {
        map.computeIfAbsent(successor, b -> new ArrayList<>()).add(block);
      }
    }
    return map;
  }

  /** Appends a block to its only predecessor if that goes nowhere else. */
  private boolean joinBlocks() {
    boolean changed = false;
    Map<MachineBlock, List<MachineBlock>> predecessors = predecessors();
    Set<MachineBlock> gone = new HashSet<>();
    for (MachineBlock block : machine.blocks) {
      if (gone.contains(block)) {
        continue;
      }
      while (block.jump == null
          && block.next != null
          && block.next != block
          && block.next != machine.blocks.getFirst()
          && predecessors.getOrDefault(block.next, List.of()).size() == 1) {
        MachineBlock next = block.next;
        block.code.addAll(next.code);
        block.jump = next.jump;
        block.taken = next.taken;
        block.next = next.next;
        for (MachineBlock successor : block.successors()) {
          predecessors.computeIfPresent(
              successor, (s, before) -> before.stream().map(p -> p == next ? block : p).toList());
        }
        gone.add(next);
        changed = true;
      }
    }
    machine.blocks.removeAll(gone);
    return changed;
  }

  /**
   * A block that only copies into registers, on the way from a jump, needs no place of its own if
   * these registers matter neither to the jump nor where it goes otherwise.
   */
  private boolean hoistCopies() {
    boolean changed = false;
    Map<MachineBlock, List<MachineBlock>> predecessors = predecessors();
    int[] liveIn = RegisterSets.liveIn(machine);
    for (MachineBlock block : machine.blocks) {
      if (block.jump == null) {
        continue;
      }
      for (boolean taken : new boolean[] {true, false}) {
        MachineBlock edge = taken ? block.taken : block.next;
        MachineBlock other = taken ? block.next : block.taken;
        if (edge == null
            || other == null
            || edge == other
            || edge.jump != null
            || edge.next == null
            || edge.code.isEmpty()
            || edge.code.size() > 2
            || predecessors.getOrDefault(edge, List.of()).size() != 1
            || !taken && edge.next == other) {
          continue;
        }
        int written = 0;
        boolean plain = true;
        for (MachineInstruction i : edge.code) {
          plain &= isCopy(i);
          written |= RegisterSets.written(i);
        }
        int blocked = liveIn[other.number()] | RegisterSets.read(block.jump);
        if (plain && (written & blocked) == 0) {
          block.code.addAll(edge.code);
          edge.code = new ArrayList<>();
          changed = true;
          break;
        }
      }
    }
    return changed;
  }

  private static boolean isCopy(MachineInstruction i) {
    boolean alu = i.kind() == Opcode.ALU64 || i.kind() == Opcode.ALU;
    return alu && (i.opcode & 0xf0) == Opcode.MOVE && i.object == null;
  }

  /**
   * Reverse post-order: a block stands after those that lead to it, and close to them. Where a jump
   * would go to the next block it is turned round.
   */
  private void order() {
    List<MachineBlock> order = new ArrayList<>();
    Map<MachineBlock, Integer> visited = new HashMap<>();
    Deque<MachineBlock> stack = new ArrayDeque<>();
    stack.push(machine.blocks.getFirst());
    visited.put(machine.blocks.getFirst(), 0);
    while (!stack.isEmpty()) {
      MachineBlock block = stack.getFirst();
      int step = visited.merge(block, 1, Integer::sum);
      // What is jumped to first, so that what follows ends up in front of it.
      MachineBlock successor = step == 1 ? block.taken : step == 2 ? block.next : null;
      if (step > 2) {
        stack.pop();
        order.add(block);
      } else if (successor != null && visited.putIfAbsent(successor, 0) == null) {
        stack.push(successor);
      }
    }
    Collections.reverse(order);
    machine.blocks.clear();
    machine.blocks.addAll(order);
    for (int i = 0; i + 1 < order.size(); i++) {
      MachineBlock block = order.get(i);
      if (block.jump != null && block.taken == order.get(i + 1)) {
        invert(block);
      }
    }
  }

  /** Turns a jump round, if the instruction set has the opposite relation. */
  private void invert(MachineBlock block) {
    MachineInstruction jump = java.util.Objects.requireNonNull(block.jump);
    int operation = jump.opcode & 0xf0;
    for (Relation relation : Relation.values()) {
      Relation inverse = Relations.inverse(relation);
      if (Opcode.jump(relation) == operation && Relations.isSupported(inverse, instructionSet)) {
        jump.opcode = jump.opcode & ~0xf0 | Opcode.jump(inverse);
        MachineBlock taken = block.taken;
        block.taken = block.next;
        block.next = taken;
        return;
      }
    }
  }
}

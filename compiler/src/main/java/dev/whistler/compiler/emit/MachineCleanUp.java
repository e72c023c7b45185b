package dev.whistler.compiler.emit;

import dev.whistler.compiler.flow.DepthFirst;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The clean-up that {@code ir.CleanUp} cannot do, because it needs registers: a block is empty when
 * its copies have turned out to be none, a copy on an edge moves before the jump where that harms
 * no one, and ends of blocks are equal.
 */
final class MachineCleanUp {
  private static final int MOST_ROUNDS = 8;

  private final MachineRoutine machine;

  MachineCleanUp(MachineRoutine machine) {
    this.machine = machine;
  }

  void run() {
    boolean changed = true;
    for (int round = 0; changed && round < MOST_ROUNDS; round++) {
      changed = hoistCopies();
      if (skipEmpty() || round == 0) {
        removeUnreachable();
      }
      changed |= joinBlocks();
      changed |= new TailMerging(machine).run();
      if (skipEmpty()) {
        removeUnreachable();
      }
    }
  }

  /** Leads round empty blocks; says whether there were any on the way to somewhere. */
  boolean skipEmpty() {
    boolean changed = false;
    for (MachineBlock block : machine.blocks) {
      MachineBlock next = target(block.next);
      MachineBlock taken = target(block.taken);
      changed |= next != block.next || taken != block.taken;
      block.next = next;
      block.taken = taken;
      if (block.jump != null && block.next == block.taken) {
        block.jump = null;
        block.taken = null;
        changed = true;
      }
    }
    return changed;
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
    boolean[] reached = new boolean[machine.blockCount()];
    for (MachineBlock block : DepthFirst.reversePostOrder(List.of(machine.blocks.getFirst()))) {
      reached[block.number()] = true;
    }
    machine.blocks.removeIf(block -> !reached[block.number()]);
  }

  /** How many edges lead to each block, by its number. */
  private int[] edgesInto() {
    int[] edges = new int[machine.blockCount()];
    for (MachineBlock block : machine.blocks) {
      for (MachineBlock successor : block.successors()) {
        edges[successor.number()]++;
      }
    }
    return edges;
  }

  /** Appends a block to its only predecessor if that goes nowhere else. */
  private boolean joinBlocks() {
    int[] edgesInto = edgesInto();
    Set<MachineBlock> gone = new HashSet<>();
    for (MachineBlock block : machine.blocks) {
      MachineBlock next = block.next;
      while (!gone.contains(block)
          && block.jump == null
          && next != null
          && next != block
          && next != machine.blocks.getFirst()
          && edgesInto[next.number()] == 1) {
        block.code.addAll(next.code);
        block.jump = next.jump;
        block.taken = next.taken;
        block.next = next.next;
        gone.add(next);
        next = block.next;
      }
    }
    machine.blocks.removeAll(gone);
    return !gone.isEmpty();
  }

  /**
   * A block that only copies into registers, on the way from a jump, needs no place of its own if
   * these registers matter neither to the jump nor where it goes otherwise.
   */
  private boolean hoistCopies() {
    boolean changed = false;
    int[] edgesInto = edgesInto();
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
            || edgesInto[edge.number()] != 1
            || !taken && edge.next == other) {
          continue;
        }
        int written = 0;
        boolean plain = true;
        for (MachineInstruction i : edge.code) {
          plain &= i.isAnyMove() && i.object == null;
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
}

package dev.whistler.compiler.emit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Emits equal ends of blocks once. Blocks that end alike and go on to the same place (or leave the
 * routine) share the end if that saves more than the jump it costs. A lone exit is never shared, so
 * that the value returned is set in the block of the exit.
 */
final class TailMerging {
  private final MachineRoutine machine;

  TailMerging(MachineRoutine machine) {
    this.machine = machine;
  }

  boolean run() {
    Map<@Nullable MachineBlock, List<MachineBlock>> groups = new LinkedHashMap<>();
    for (MachineBlock block : machine.blocks) {
      if (block.jump == null && !block.code.isEmpty()) {
        groups.computeIfAbsent(block.next, n -> new ArrayList<>()).add(block);
      }
    }
    boolean changed = false;
    for (Map.Entry<@Nullable MachineBlock, List<MachineBlock>> group : groups.entrySet()) {
      changed |= merge(group.getValue(), group.getKey());
    }
    return changed;
  }

  private boolean merge(List<MachineBlock> blocks, @Nullable MachineBlock next) {
    boolean changed = false;
    // Quadratic in blocks with one successor, so only neighbours in a bounded window are compared.
    int window = 24;
    for (int i = 0; i < blocks.size(); i++) {
      MachineBlock first = blocks.get(i);
      int best = 0;
      MachineBlock partner = null;
      for (int j = i + 1; j < blocks.size() && j <= i + window; j++) {
        MachineBlock second = blocks.get(j);
        int common = common(first, second);
        boolean whole = common == first.code.size() || common == second.code.size();
        if (common > best && (common >= 2 || whole && !endsInExit(first))) {
          best = common;
          partner = second;
        }
      }
      if (partner != null) {
        // The two go on at the shared end now, so that alone is still in the group.
        blocks.remove(partner);
        blocks.set(i, share(first, partner, best, next));
        i--;
        changed = true;
      }
    }
    return changed;
  }

  private static boolean endsInExit(MachineBlock block) {
    return block.code.getLast().isExit();
  }

  private static int common(MachineBlock a, MachineBlock b) {
    int n = 0;
    while (n < a.code.size()
        && n < b.code.size()
        && a.code.get(a.code.size() - 1 - n).sameAs(b.code.get(b.code.size() - 1 - n))) {
      n++;
    }
    return n;
  }

  /** Makes two blocks go on at one block with their common end, which is returned. */
  private MachineBlock share(
      MachineBlock a, MachineBlock b, int count, @Nullable MachineBlock next) {
    if (b.code.size() == count) {
      cut(a, count, b);
      return b;
    }
    if (a.code.size() == count) {
      cut(b, count, a);
      return a;
    }
    MachineBlock tail = machine.newBlock();
    tail.code.addAll(a.code.subList(a.code.size() - count, a.code.size()));
    tail.next = next;
    cut(a, count, tail);
    cut(b, count, tail);
    return tail;
  }

  private static void cut(MachineBlock block, int count, MachineBlock tail) {
    block.code = new ArrayList<>(block.code.subList(0, block.code.size() - count));
    block.next = tail;
  }
}

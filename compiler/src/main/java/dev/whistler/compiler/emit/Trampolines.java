package dev.whistler.compiler.emit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Jumps have 16-bit offsets. In a routine that is longer, a jump that is too far goes to a jump on
 * the way; these stand together in islands between blocks. From v4 on a plain jump reaches
 * everywhere, so one stop is enough.
 */
final class Trampolines {
  /** Well below 32,767: blocks and islands between the ends may still grow. */
  private static final int REACH = 24_000;

  private static final int LONGEST_BLOCK = 4_000;

  /** Each round brings every jump at least {@link #REACH} instructions nearer to its target. */
  private static final int MOST_ROUNDS = 64;

  private Trampolines() {}

  private record Stop(int island, MachineBlock target) {}

  static void insert(MachineRoutine machine, int instructionSet) {
    cutLongBlocks(machine);
    for (int round = 0; round < MOST_ROUNDS; round++) {
      if (!insertOnce(machine, instructionSet >= 4)) {
        return;
      }
    }
  }

  /** Islands stand between blocks, so no block may be longer than a jump. */
  private static void cutLongBlocks(MachineRoutine machine) {
    List<MachineBlock> result = new ArrayList<>();
    for (MachineBlock block : machine.blocks) {
      MachineBlock current = block;
      result.add(current);
      while (current.code.size() > LONGEST_BLOCK) {
        MachineBlock rest = machine.looseBlock();
        List<MachineInstruction> code = current.code;
        rest.code = new ArrayList<>(code.subList(LONGEST_BLOCK, code.size()));
        rest.jump = current.jump;
        rest.taken = current.taken;
        rest.next = current.next;
        current.code = new ArrayList<>(code.subList(0, LONGEST_BLOCK));
        current.jump = null;
        current.taken = null;
        current.next = rest;
        result.add(rest);
        current = rest;
      }
    }
    machine.blocks.clear();
    machine.blocks.addAll(result);
  }

  private static boolean insertOnce(MachineRoutine machine, boolean longJumps) {
    List<MachineBlock> order = machine.blocks;
    Map<MachineBlock, Integer> starts = new HashMap<>();
    int[] ends = new int[order.size()];
    int slot = 0;
    for (int i = 0; i < order.size(); i++) {
      MachineBlock block = order.get(i);
      starts.put(block, slot);
      for (MachineInstruction instruction : block.code) {
        slot += instruction.slots();
      }
      slot += block.jump == null ? 0 : 1;
      MachineBlock following = i + 1 < order.size() ? order.get(i + 1) : null;
      slot += block.next == null || block.next == following ? 0 : 1;
      ends[i] = slot;
    }
    if (slot <= REACH) {
      return false;
    }
    Map<Stop, MachineBlock> stops = new HashMap<>();
    Map<Integer, List<MachineBlock>> islands = new HashMap<>();
    for (int i = 0; i < order.size(); i++) {
      MachineBlock block = order.get(i);
      if (block.taken != null) {
        block.taken = reach(machine, i, block.taken, starts, ends, stops, islands);
      }
      boolean adjacent = i + 1 < order.size() && order.get(i + 1) == block.next;
      if (block.next != null && !adjacent && !longJumps) {
        block.next = reach(machine, i, block.next, starts, ends, stops, islands);
      }
    }
    if (stops.isEmpty()) {
      return false;
    }
    List<MachineBlock> result = new ArrayList<>();
    for (int i = 0; i < order.size(); i++) {
      result.add(order.get(i));
      result.addAll(islands.getOrDefault(i, List.of()));
    }
    order.clear();
    order.addAll(result);
    return true;
  }

  private static MachineBlock reach(
      MachineRoutine machine,
      int from,
      MachineBlock target,
      Map<MachineBlock, Integer> starts,
      int[] ends,
      Map<Stop, MachineBlock> stops,
      Map<Integer, List<MachineBlock>> islands) {
    int distance = starts.getOrDefault(target, ends[from]) - ends[from];
    if (Math.abs(distance) <= REACH) {
      return target;
    }
    int place =
        distance > 0 ? lastUpTo(ends[from] + REACH, ends) : firstFrom(ends[from] - REACH, ends);
    return stops.computeIfAbsent(
        new Stop(place, target),
        s -> {
          MachineBlock stop = machine.looseBlock();
          stop.next = target;
          islands.computeIfAbsent(place, p -> new ArrayList<>()).add(stop);
          return stop;
        });
  }

  /** The last block that ends at a slot or before. */
  private static int lastUpTo(int slot, int[] ends) {
    return firstFrom(slot + 1, ends) - 1;
  }

  /** The first block that ends at a slot or after; blocks that come later end later. */
  private static int firstFrom(int slot, int[] ends) {
    int low = 0;
    int high = ends.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ends[middle] < slot) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

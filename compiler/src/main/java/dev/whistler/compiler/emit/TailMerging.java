package dev.whistler.compiler.emit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Emits equal ends of blocks once. Blocks that end alike and go on alike (to the same place, by the
 * same test to the same two places, or out of the routine) share the end if that saves more than
 * the jump it costs. A lone exit is never shared, so that the value returned is set in the block of
 * the exit.
 *
 * <p>Each way through the routine goes over the same instructions as before. So the kernel's
 * verifier, which follows ways, finds every proof where it was; what it notes of single
 * instructions must be the same on all ways, see {@link #common}.
 */
final class TailMerging {
  /** Comparing is quadratic, so only neighbours are compared. */
  private static final int WINDOW = 24;

  /** Fewer equal instructions do not pay for the jump to them. */
  private static final int FEWEST = 2;

  private final MachineRoutine machine;

  /**
   * How a block goes on.
   *
   * @param test what decides between {@code taken} and {@code next}, or null
   */
  private record Way(
      @Nullable Test test, @Nullable MachineBlock taken, @Nullable MachineBlock next) {
    /** Tests for equality and for the opposite, with the ways the other way round, are the same. */
    static Way of(MachineBlock block) {
      MachineInstruction jump = block.jump;
      if (jump == null) {
        return new Way(null, null, block.next);
      }
      Test test = new Test(jump.opcode, jump.target, jump.source, jump.immediate);
      return Opcode.operation(jump.opcode) == Opcode.IF_UNEQUAL
          ? new Way(test.opposite(), block.next, block.taken)
          : new Way(test, block.taken, block.next);
    }
  }

  private record Test(int opcode, int target, int source, int immediate) {
    Test opposite() {
      int equal = opcode - Opcode.IF_UNEQUAL + Opcode.IF_EQUAL;
      return new Test(equal, target, source, immediate);
    }
  }

  TailMerging(MachineRoutine machine) {
    this.machine = machine;
  }

  boolean run() {
    Map<Way, List<MachineBlock>> groups = new LinkedHashMap<>();
    for (MachineBlock block : machine.blocks) {
      if (block.jump != null || !block.code.isEmpty()) {
        groups.computeIfAbsent(Way.of(block), w -> new ArrayList<>()).add(block);
      }
    }
    boolean changed = false;
    for (List<MachineBlock> group : groups.values()) {
      changed |= merge(group);
    }
    return changed;
  }

  private boolean merge(List<MachineBlock> blocks) {
    boolean changed = false;
    for (int i = 0; i < blocks.size(); i++) {
      MachineBlock first = blocks.get(i);
      int best = -1;
      MachineBlock partner = null;
      for (int j = i + 1; j < blocks.size() && j <= i + WINDOW; j++) {
        MachineBlock second = blocks.get(j);
        int common = common(first, second);
        if (common > best && isWorthwhile(common, first, second)) {
          best = common;
          partner = second;
        }
      }
      if (partner != null) {
        // The two go on at the shared end now, so that alone is still in the group.
        blocks.remove(partner);
        blocks.set(i, share(first, partner, best));
        i--;
        changed = true;
      }
    }
    return changed;
  }

  private boolean isWorthwhile(int common, MachineBlock a, MachineBlock b) {
    int saved = common + (a.jump == null ? 0 : 1);
    return saved >= FEWEST || (isWhole(a, common) || isWhole(b, common)) && !endsInExit(a);
  }

  /** Whether a block is nothing but its end; at the entry no jump may lead. */
  private boolean isWhole(MachineBlock block, int end) {
    return block.code.size() == end && block != machine.blocks.getFirst();
  }

  private static boolean endsInExit(MachineBlock block) {
    return !block.code.isEmpty() && block.code.getLast().isExit();
  }

  /**
   * How many instructions at the end of two blocks are the same. What a call is given in r1 is
   * among them: a call that gets one map here and another one there is slower (map_ptr_poison,
   * kernel/bpf/verifier.c).
   */
  private static int common(MachineBlock a, MachineBlock b) {
    int common = 0;
    boolean open = false;
    int n = 0;
    while (n < a.code.size() && n < b.code.size()) {
      MachineInstruction i = a.code.get(a.code.size() - 1 - n);
      if (!i.sameAs(b.code.get(b.code.size() - 1 - n))) {
        break;
      }
      n++;
      open = i.isCall() ? i.arguments > 0 : open && i.defined() != 1;
      if (!open) {
        common = n;
      }
    }
    return common;
  }

  /** Makes two blocks go on at one block with their common end, which is returned. */
  private MachineBlock share(MachineBlock a, MachineBlock b, int count) {
    if (isWhole(b, count)) {
      cut(a, count, b);
      return b;
    }
    if (isWhole(a, count)) {
      cut(b, count, a);
      return a;
    }
    MachineBlock tail = machine.newBlock();
    tail.code.addAll(a.code.subList(a.code.size() - count, a.code.size()));
    tail.jump = a.jump;
    tail.taken = a.taken;
    tail.next = a.next;
    cut(a, count, tail);
    cut(b, count, tail);
    return tail;
  }

  private static void cut(MachineBlock block, int count, MachineBlock tail) {
    block.code = new ArrayList<>(block.code.subList(0, block.code.size() - count));
    block.jump = null;
    block.taken = null;
    block.next = tail;
  }
}

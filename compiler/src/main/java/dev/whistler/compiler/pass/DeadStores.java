package dev.whistler.compiler.pass;

import dev.whistler.compiler.flow.DataFlow;
import dev.whistler.compiler.flow.DataFlow.Direction;
import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Operation.ByteRange;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.StackObject;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.table.Helpers;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Removes stores to stack objects and ring buffer records that are overwritten on all paths before
 * anyone reads them, byte by byte; so a record is only zeroed where it is not written anyway
 * (section 11.3). Objects whose address is kept somewhere are left alone.
 */
final class DeadStores implements Pass {
  @Override
  public String name() {
    return "dead-stores";
  }

  /** An object: a {@link StackObject} or the call that reserved a record. */
  private static final class Target {
    final int size;

    /** Instructions that touch the object, by block, both in order. */
    final Map<Block, List<Value>> uses = new LinkedHashMap<>();

    boolean escapes;

    Target(int size) {
      this.size = size;
    }

    void touch(Value instruction, Block block) {
      List<Value> inBlock = uses.computeIfAbsent(block, b -> new ArrayList<>());
      if (inBlock.isEmpty() || inBlock.getLast() != instruction) {
        inBlock.add(instruction);
      }
    }
  }

  @Override
  public boolean run(Routine routine) {
    Map<Object, Target> targets = collect(routine);
    if (targets.isEmpty()) {
      return false;
    }
    IdentityHashMap<Value, Operation.@Nullable Effect> rewritten = new IdentityHashMap<>();
    DataFlow<Block, BitSet> flow = DataFlow.ofSets(routine.blocks(), Direction.BACKWARD);
    targets.forEach(
        (object, target) -> {
          if (!target.escapes) {
            improve(object, target, flow, rewritten);
          }
        });
    if (rewritten.isEmpty()) {
      return false;
    }
    for (Block block : routine.blocks()) {
      List<Value> kept = new ArrayList<>(block.instructions().size());
      for (Value value : block.instructions()) {
        if (!rewritten.containsKey(value)) {
          kept.add(value);
          continue;
        }
        Operation.Effect left = rewritten.get(value);
        if (left != null) {
          value.become(left, value.operands().toArray(new Value[0]));
          kept.add(value);
        }
      }
      block.setInstructions(kept);
    }
    return true;
  }

  private static @Nullable Object object(Value address) {
    Value base = Effects.base(address);
    if (base.operation() instanceof Operation.StackAddress s) {
      return s.object();
    }
    return Effects.isReservation(base) ? base : null;
  }

  private static Map<Object, Target> collect(Routine routine) {
    Map<Object, Target> targets = new LinkedHashMap<>();
    for (Block block : routine.blocks()) {
      for (Value phi : block.phis()) {
        phi.operands().forEach(o -> escape(o, targets));
      }
      for (Value value : block.instructions()) {
        if (Effects.isReservation(value)) {
          target(value, targets).touch(value, block);
        }
        uses(value, block, targets);
      }
      // Comparing an address with 0 or returning it keeps it nowhere.
    }
    return targets;
  }

  private static Target target(Object object, Map<Object, Target> targets) {
    return targets.computeIfAbsent(
        object,
        o ->
            new Target(
                o instanceof StackObject s
                    ? s.size()
                    : (int) ((Value) o).operand(1).constant().orElse(0)));
  }

  private static void escape(Value address, Map<Object, Target> targets) {
    Object object = object(address);
    if (object != null) {
      target(object, targets).escapes = true;
    }
  }

  private static void uses(Value value, Block block, Map<Object, Target> targets) {
    switch (value.operation()) {
      case Operation.Load load -> touch(value.operand(0), value, block, targets);
      case Operation.Store store -> {
        touch(value.operand(0), value, block, targets);
        escape(value.operand(1), targets);
      }
      case Operation.AtomicAdd add -> {
        touch(value.operand(0), value, block, targets);
        escape(value.operand(1), targets);
      }
      case Operation.Zero zero -> touch(value.operand(0), value, block, targets);
      case Operation.Call call -> {
        if (Effects.callsBack(call)) {
          value.operands().forEach(o -> escape(o, targets));
        } else {
          value.operands().forEach(o -> touch(o, value, block, targets));
        }
      }
      case Operation.Compare compare -> {}
      case Operation.Binary binary -> {
        if (Effects.base(value) == value) {
          // Something unknown is added: accesses through the result cannot be placed.
          value.operands().forEach(o -> escape(o, targets));
        }
      }
      default -> value.operands().forEach(o -> escape(o, targets));
    }
  }

  private static void touch(
      Value address, Value instruction, Block block, Map<Object, Target> targets) {
    Object object = object(address);
    if (object != null) {
      target(object, targets).touch(instruction, block);
    }
  }

  /** Which bytes are still wanted, backwards from where they are. */
  private static void improve(
      Object object,
      Target target,
      DataFlow<Block, BitSet> flow,
      IdentityHashMap<Value, Operation.@Nullable Effect> rewritten) {
    flow.solve(
        target.uses.keySet(),
        (block, wantedAtEnd) -> {
          BitSet wanted = (BitSet) wantedAtEnd.clone();
          walk(block, object, target, wanted, null);
          return wanted;
        });
    for (Block block : target.uses.keySet()) {
      walk(block, object, target, (BitSet) flow.into(block).clone(), rewritten);
    }
  }

  private static void walk(
      Block block,
      Object object,
      Target target,
      BitSet wanted,
      @Nullable IdentityHashMap<Value, Operation.@Nullable Effect> rewritten) {
    List<Value> instructions = target.uses.getOrDefault(block, List.of());
    for (int i = instructions.size() - 1; i >= 0; i--) {
      Value value = instructions.get(i);
      if (value == object) {
        wanted.clear();
        continue;
      }
      switch (value.operation()) {
        case Operation.Load load -> {
          if (isIn(value.operand(0), object)) {
            want(wanted, target, start(value.operand(0)) + load.displacement(), load.width());
          }
        }
        case Operation.AtomicAdd add -> {
          if (isIn(value.operand(0), object)) {
            want(wanted, target, start(value.operand(0)) + add.displacement(), add.width());
          }
        }
        case Operation.Store store -> {
          if (isIn(value.operand(0), object)) {
            store(value, store, wanted, rewritten);
          }
        }
        case Operation.Zero zero -> {
          if (isIn(value.operand(0), object)) {
            zero(value, zero, wanted, rewritten);
          }
        }
        case Operation.Call call -> {
          for (int k = 0; k < value.operandCount(); k++) {
            if (isIn(value.operand(k), object)) {
              argument(value, call, k, target, wanted);
            }
          }
        }
        default -> {}
      }
    }
  }

  private static boolean isIn(Value address, Object object) {
    return object.equals(object(address));
  }

  private static long start(Value address) {
    return Effects.distance(address);
  }

  private static void want(BitSet wanted, Target target, long start, int length) {
    // The distance of an address may be any number; what is not in the object is not of interest.
    if (start < target.size && start > -length) {
      wanted.set((int) Math.max(start, 0), (int) Math.min(start + length, target.size));
    }
  }

  private static void store(
      Value value,
      Operation.Store store,
      BitSet wanted,
      @Nullable IdentityHashMap<Value, Operation.@Nullable Effect> rewritten) {
    long start = start(value.operand(0)) + store.displacement();
    if (start < 0 || start > Short.MAX_VALUE) {
      return;
    }
    int from = (int) start;
    int next = wanted.nextSetBit(from);
    if (rewritten != null && (next < 0 || next >= from + store.width())) {
      rewritten.put(value, null);
    }
    wanted.clear(from, from + store.width());
  }

  private static void zero(
      Value value,
      Operation.Zero zero,
      BitSet wanted,
      @Nullable IdentityHashMap<Value, Operation.@Nullable Effect> rewritten) {
    long start = start(value.operand(0));
    if (start < Short.MIN_VALUE || start > Short.MAX_VALUE) {
      return;
    }
    int base = (int) start;
    BitSet needed = new BitSet();
    BitSet allowed = new BitSet();
    for (ByteRange range : zero.ranges()) {
      for (int i = range.start(); i < range.end(); i++) {
        allowed.set(i);
        needed.set(i, base + i >= 0 && wanted.get(base + i));
      }
    }
    if (rewritten != null && !needed.equals(allowed)) {
      List<ByteRange> ranges = cover(needed, allowed, base);
      rewritten.put(value, ranges.isEmpty() ? null : new Operation.Zero(ranges));
    }
    for (ByteRange range : zero.ranges()) {
      wanted.clear(Math.max(base + range.start(), 0), Math.max(base + range.end(), 0));
    }
  }

  /**
   * Ranges that contain the needed bytes, widened within what may be zeroed to as few aligned
   * stores as possible: for each word of 8 bytes the smallest piece that covers all, if there is
   * one.
   */
  private static List<ByteRange> cover(BitSet needed, BitSet allowed, int base) {
    BitSet result = new BitSet();
    for (int at = needed.nextSetBit(0); at >= 0; ) {
      int word = Math.floorDiv(base + at, 8) * 8 - base;
      int last = needed.previousSetBit(word + 7);
      boolean covered = false;
      for (int width = 1; width <= 8 && !covered; width *= 2) {
        int piece = Math.floorDiv(base + at, width) * width - base;
        if (piece >= 0 && piece + width > last && allowed.nextClearBit(piece) >= piece + width) {
          result.set(piece, piece + width);
          covered = true;
        }
      }
      if (!covered) {
        for (int i = at; i <= last; i++) {
          result.set(i, needed.get(i) || result.get(i));
        }
      }
      at = needed.nextSetBit(Math.max(word + 8, at + 1));
    }
    List<ByteRange> ranges = new ArrayList<>();
    for (int at = result.nextSetBit(0); at >= 0; ) {
      int end = result.nextClearBit(at);
      ranges.add(new ByteRange(at, end));
      at = result.nextSetBit(end);
    }
    return ranges;
  }

  private static void argument(
      Value value, Operation.Call call, int index, Target target, BitSet wanted) {
    long start = start(value.operand(index));
    int size = Effects.size(value, index);
    switch (Effects.use(call, index)) {
      case READ, BOTH -> want(wanted, target, start, size < 0 ? target.size : size);
      case WRITE -> {
        if (size >= 0 && Effects.writesCompletely(call) && start >= 0 && start <= target.size) {
          wanted.clear((int) start, (int) Math.min(start + size, target.size));
        }
      }
      case NONE -> {
        if (call.helper().is(Helpers.RINGBUF_DISCARD)) {
          wanted.clear();
        }
      }
    }
  }
}

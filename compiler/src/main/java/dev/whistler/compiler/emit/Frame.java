package dev.whistler.compiler.emit;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.ir.BackEndException;
import dev.whistler.compiler.ir.StackObject;
import dev.whistler.compiler.type.Stack;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Places stack objects below the frame pointer: the largest first, each at the highest free place;
 * objects that are never in use at the same time may overlap.
 */
final class Frame {
  private final Map<StackObject, Integer> offsets = new IdentityHashMap<>();
  private int size;

  Frame(MachineRoutine machine) {
    StackUse use = new StackUse(machine);
    List<StackObject> order = new ArrayList<>(use.objects());
    order.sort(
        Comparator.comparingInt(StackObject::alignment)
            .thenComparingInt(StackObject::size)
            .reversed());
    for (StackObject object : order) {
      place(object, use);
    }
    if (size > Stack.BYTES) {
      throw tooLarge(machine, order);
    }
  }

  /** Depths are counted from the frame pointer down: an object at depth d fills d - size to d. */
  private void place(StackObject object, StackUse use) {
    BitSet taken = new BitSet();
    BitSet conflicts = use.conflicts(object);
    for (int i = conflicts.nextSetBit(0); i >= 0; i = conflicts.nextSetBit(i + 1)) {
      StackObject other = use.objects().get(i);
      Integer offset = offsets.get(other);
      if (offset != null) {
        taken.set(-offset - other.size(), -offset);
      }
    }
    int start = 0;
    while (true) {
      int depth = Math.ceilDiv(start + object.size(), object.alignment()) * object.alignment();
      int hit = taken.nextSetBit(depth - object.size());
      if (hit < 0 || hit >= depth) {
        offsets.put(object, -depth);
        size = Math.max(size, depth);
        return;
      }
      start = taken.nextClearBit(hit);
    }
  }

  private BackEndException tooLarge(MachineRoutine machine, List<StackObject> objects) {
    Map<StackObject.Cause, Integer> causes = new EnumMap<>(StackObject.Cause.class);
    StackObject largest = objects.getFirst();
    for (StackObject object : objects) {
      causes.merge(object.cause(), object.size(), Integer::sum);
      if (object.size() > largest.size()) {
        largest = object;
      }
    }
    String breakdown =
        causes.entrySet().stream()
            .map(e -> e.getValue() + " for " + e.getKey().text())
            .collect(Collectors.joining(", "));
    return new BackEndException(
        Message.STACK_TOO_LARGE, largest.origin(), machine.routine.symbol(), size, breakdown);
  }

  /** Puts the places of objects into the instructions that refer to them. */
  void settle(MachineRoutine machine) {
    for (MachineBlock block : machine.blocks) {
      for (MachineInstruction i : block.code) {
        if (i.object == null) {
          continue;
        }
        if (i.kind() == Opcode.ALU64) {
          i.immediate += offset(i.object);
        } else {
          i.offset += offset(i.object);
        }
        i.object = null;
      }
    }
  }

  /** Offset from the frame pointer, negative. */
  private int offset(StackObject object) {
    Integer offset = offsets.get(object);
    if (offset == null) {
      throw new IllegalStateException(object + " has no place");
    }
    return offset;
  }

  /** Bytes used, a multiple of 8. */
  int size() {
    return Math.ceilDiv(size, 8) * 8;
  }
}

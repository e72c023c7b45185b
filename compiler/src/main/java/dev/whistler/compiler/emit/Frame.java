package dev.whistler.compiler.emit;

import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.ir.BackEndException;
import dev.whistler.compiler.ir.StackObject;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Places stack objects below the frame pointer. */
final class Frame {
  /** MAX_BPF_STACK, include/linux/filter.h. */
  private static final int LIMIT = 512;

  private final Map<StackObject, Integer> offsets = new IdentityHashMap<>();
  private int size;

  Frame(MachineRoutine machine) {
    Set<StackObject> used = new LinkedHashSet<>();
    for (MachineBlock block : machine.blocks) {
      for (MachineInstruction i : block.code) {
        if (i.object != null) {
          used.add(i.object);
        }
      }
    }
    List<StackObject> order = new ArrayList<>(used);
    order.sort((a, b) -> Integer.compare(b.alignment(), a.alignment()));
    for (StackObject object : order) {
      size = Math.ceilDiv(size + object.size(), object.alignment()) * object.alignment();
      offsets.put(object, -size);
    }
    if (size > LIMIT) {
      throw tooLarge(machine, order);
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
        Code.E_STACK,
        largest.origin(),
        machine.routine.symbol()
            + " needs "
            + size
            + " bytes of stack, but a program has 512: "
            + breakdown,
        "keep large data in a map value or a ring buffer record");
  }

  /** Offset from the frame pointer, negative. */
  int offset(StackObject object) {
    return offsets.get(object);
  }

  /** Bytes used, a multiple of 8. */
  int size() {
    return Math.ceilDiv(size, 8) * 8;
  }
}

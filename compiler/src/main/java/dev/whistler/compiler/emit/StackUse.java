package dev.whistler.compiler.emit;

import dev.whistler.compiler.flow.DataFlow;
import dev.whistler.compiler.flow.DataFlow.Direction;
import dev.whistler.compiler.ir.StackObject;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which stack objects are in use at the same time. An object is in use from where it was touched on
 * some path to its last possible use. An address that goes to a helper in an argument register is
 * used up by the next call; one that goes anywhere else keeps its object in use throughout.
 */
final class StackUse {
  private final List<StackObject> objects = new ArrayList<>();
  private final Map<StackObject, Integer> numbers = new IdentityHashMap<>();
  private final List<BitSet> together = new ArrayList<>();
  private final BitSet everywhere = new BitSet();

  /** What one instruction does to objects. */
  private record Event(int object, boolean whole) {}

  StackUse(MachineRoutine machine) {
    for (MachineBlock block : machine.blocks) {
      for (MachineInstruction i : block.code) {
        if (i.object != null && !numbers.containsKey(i.object)) {
          numbers.put(i.object, objects.size());
          objects.add(i.object);
          together.add(new BitSet());
        }
      }
    }
    if (objects.size() > 1) {
      analyze(machine);
    }
  }

  /** All objects that instructions refer to, in order of first appearance. */
  List<StackObject> objects() {
    return objects;
  }

  /** The objects in use together with one, that one possibly among them, by {@link #number}. */
  BitSet conflicts(StackObject object) {
    int number = number(object);
    BitSet conflicts = new BitSet();
    if (everywhere.get(number)) {
      conflicts.set(0, objects.size());
    } else {
      conflicts.or(together.get(number));
      conflicts.or(everywhere);
    }
    return conflicts;
  }

  /** The position of an object in {@link #objects}. */
  int number(StackObject object) {
    Integer number = numbers.get(object);
    if (number == null) {
      throw new IllegalStateException(object + " is not in use");
    }
    return number;
  }

  /**
   * Object by object, going through nothing but the blocks where it is in use: most objects are
   * written as a whole and used up soon after.
   */
  private void analyze(MachineRoutine machine) {
    Map<MachineBlock, List<Event>> events = new LinkedHashMap<>();
    List<Map<MachineBlock, Event>> firsts = new ArrayList<>();
    objects.forEach(object -> firsts.add(new LinkedHashMap<>()));
    for (MachineBlock block : machine.blocks) {
      List<Event> list = events(block);
      if (!list.isEmpty()) {
        events.put(block, list);
        list.forEach(event -> firsts.get(event.object()).putIfAbsent(block, event));
      }
    }
    Map<MachineBlock, Set<Integer>> wanted = new HashMap<>();
    Map<MachineBlock, Set<Integer>> touched = new HashMap<>();
    DataFlow<MachineBlock, Boolean> backward =
        new DataFlow<>(machine.blocks, Direction.BACKWARD, false, Boolean::logicalOr);
    DataFlow<MachineBlock, Boolean> forward =
        new DataFlow<>(machine.blocks, Direction.FORWARD, false, Boolean::logicalOr);
    for (int object = 0; object < objects.size(); object++) {
      Map<MachineBlock, Event> first = firsts.get(object);
      backward.solve(first.keySet(), (block, behind) -> isWanted(first.get(block), behind));
      // Where it is not wanted any longer, nobody asks whether it was touched before.
      forward.solve(
          first.keySet(),
          (block, before) -> backward.into(block) && (before || first.containsKey(block)));
      note(object, backward, events, wanted);
      note(object, forward, events, touched);
    }
    events.forEach(
        (block, list) ->
            connect(
                list, touched.getOrDefault(block, Set.of()), wanted.getOrDefault(block, Set.of())));
  }

  /** Whether an object may be read from the start of a block on, by what it does to it first. */
  private static boolean isWanted(@Nullable Event first, boolean behind) {
    return first == null ? behind : !first.whole();
  }

  /** Notes an object in the blocks with events that a fact about it comes into. */
  private static void note(
      int object,
      DataFlow<MachineBlock, Boolean> flow,
      Map<MachineBlock, List<Event>> events,
      Map<MachineBlock, Set<Integer>> noted) {
    for (MachineBlock block : flow.reached()) {
      if (events.containsKey(block)) {
        noted.computeIfAbsent(block, b -> new LinkedHashSet<>()).add(object);
      }
    }
  }

  /** The events of a block in order; that of an address given to a call stands at the call too. */
  private List<Event> events(MachineBlock block) {
    List<Event> list = new ArrayList<>();
    List<Event> arguments = new ArrayList<>();
    for (int i = 0; i < block.code.size(); i++) {
      MachineInstruction instruction = block.code.get(i);
      if (instruction.isCall()) {
        list.addAll(arguments);
        arguments.clear();
      }
      StackObject object = instruction.object;
      if (object == null) {
        continue;
      }
      int number = number(object);
      boolean address = instruction.kind() == Opcode.ALU64;
      boolean store =
          instruction.kind() == Opcode.ST
              || instruction.kind() == Opcode.STX && !instruction.isAtomic();
      list.add(new Event(number, store && Opcode.width(instruction.opcode) == object.size()));
      if (address) {
        arguments.add(new Event(number, false));
        if (!endsInCall(block, i)) {
          everywhere.set(number);
        }
      }
    }
    return list;
  }

  /** Whether the address made at an index only serves as argument of the next call. */
  private static boolean endsInCall(MachineBlock block, int index) {
    int register = block.code.get(index).target;
    for (int i = index + 1; i < block.code.size(); i++) {
      MachineInstruction next = block.code.get(i);
      if (next.isCall()) {
        return register >= 1
            && register <= next.arguments
            && next.symbol == null
            && next.immediate != 181;
      }
      if ((RegisterSets.read(next) >> register & 1) != 0
          || (RegisterSets.written(next) >> register & 1) != 0) {
        return false;
      }
    }
    return false;
  }

  private void connect(List<Event> events, Set<Integer> touched, Set<Integer> wantedAtEnd) {
    Map<Integer, Integer> firstEvent = new HashMap<>();
    for (int i = 0; i < events.size(); i++) {
      firstEvent.putIfAbsent(events.get(i).object(), i);
    }
    // Going backwards, what is wanted; an object is in use if it was touched as well.
    Set<Integer> wanted = new LinkedHashSet<>(wantedAtEnd);
    for (int i = events.size() - 1; i >= 0; i--) {
      Event event = events.get(i);
      for (int other : wanted) {
        boolean inUse = touched.contains(other) || firstEvent.getOrDefault(other, i) < i;
        if (inUse && other != event.object()) {
          together.get(event.object()).set(other);
          together.get(other).set(event.object());
        }
      }
      if (event.whole()) {
        wanted.remove(event.object());
      } else {
        wanted.add(event.object());
      }
    }
  }
}

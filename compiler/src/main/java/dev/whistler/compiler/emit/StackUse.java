package dev.whistler.compiler.emit;

import dev.whistler.compiler.flow.DataFlow;
import dev.whistler.compiler.flow.DataFlow.Direction;
import dev.whistler.compiler.ir.StackObject;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

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

  private void analyze(MachineRoutine machine) {
    Map<MachineBlock, List<Event>> events = new HashMap<>();
    for (MachineBlock block : machine.blocks) {
      List<Event> list = events(block);
      if (!list.isEmpty()) {
        events.put(block, list);
      }
    }
    DataFlow<MachineBlock, BitSet> touched = DataFlow.ofSets(machine.blocks, Direction.FORWARD);
    touched.solve(events.keySet(), (block, before) -> touched(events(block, events), before));
    DataFlow<MachineBlock, BitSet> wanted = DataFlow.ofSets(machine.blocks, Direction.BACKWARD);
    wanted.solve(events.keySet(), (block, behind) -> wanted(events(block, events), behind));
    events.forEach((block, list) -> connect(list, touched.into(block), wanted.into(block)));
  }

  private static List<Event> events(MachineBlock block, Map<MachineBlock, List<Event>> events) {
    return events.getOrDefault(block, List.of());
  }

  private static BitSet touched(List<Event> events, BitSet before) {
    BitSet touched = (BitSet) before.clone();
    events.forEach(event -> touched.set(event.object()));
    return touched;
  }

  private static BitSet wanted(List<Event> events, BitSet behind) {
    BitSet wanted = (BitSet) behind.clone();
    events.reversed().forEach(event -> wanted.set(event.object(), !event.whole()));
    return wanted;
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

  private void connect(List<Event> events, BitSet touched, BitSet wantedAtEnd) {
    // Going backwards, what is wanted; an object is in use if it was touched as well.
    BitSet wanted = (BitSet) wantedAtEnd.clone();
    List<BitSet> touchedBefore = new ArrayList<>();
    BitSet sofar = (BitSet) touched.clone();
    for (Event event : events) {
      touchedBefore.add((BitSet) sofar.clone());
      sofar.set(event.object());
    }
    for (int i = events.size() - 1; i >= 0; i--) {
      Event event = events.get(i);
      BitSet inUse = (BitSet) wanted.clone();
      inUse.and(touchedBefore.get(i));
      inUse.clear(event.object());
      together.get(event.object()).or(inUse);
      for (int other = inUse.nextSetBit(0); other >= 0; other = inUse.nextSetBit(other + 1)) {
        together.get(other).set(event.object());
      }
      wanted.set(event.object(), !event.whole());
    }
  }
}

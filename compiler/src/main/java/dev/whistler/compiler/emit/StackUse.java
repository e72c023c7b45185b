package dev.whistler.compiler.emit;

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
      events.put(block, events(block));
    }
    Map<MachineBlock, BitSet> touchedAtEnd = touched(machine, events);
    Map<MachineBlock, BitSet> wantedAtEnd = wanted(machine, events);
    Map<MachineBlock, BitSet> touchedAtStart = new HashMap<>();
    for (MachineBlock block : machine.blocks) {
      for (MachineBlock successor : block.successors()) {
        touchedAtStart
            .computeIfAbsent(successor, b -> new BitSet())
            .or(touchedAtEnd.getOrDefault(block, new BitSet()));
      }
    }
    for (MachineBlock block : machine.blocks) {
      connect(
          events.getOrDefault(block, List.of()),
          touchedAtStart.getOrDefault(block, new BitSet()),
          wantedAtEnd.getOrDefault(block, new BitSet()));
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

  private Map<MachineBlock, BitSet> touched(
      MachineRoutine machine, Map<MachineBlock, List<Event>> events) {
    Map<MachineBlock, BitSet> atEnd = new HashMap<>();
    for (MachineBlock block : machine.blocks) {
      BitSet set = new BitSet();
      for (Event event : events.getOrDefault(block, List.of())) {
        set.set(event.object());
      }
      atEnd.put(block, set);
    }
    boolean changed = true;
    while (changed) {
      changed = false;
      for (MachineBlock block : machine.blocks) {
        for (MachineBlock successor : block.successors()) {
          BitSet set = atEnd.computeIfAbsent(successor, b -> new BitSet());
          int before = set.cardinality();
          set.or(atEnd.getOrDefault(block, new BitSet()));
          changed |= set.cardinality() != before;
        }
      }
    }
    return atEnd;
  }

  private Map<MachineBlock, BitSet> wanted(
      MachineRoutine machine, Map<MachineBlock, List<Event>> events) {
    Map<MachineBlock, BitSet> atStart = new HashMap<>();
    Map<MachineBlock, BitSet> atEnd = new HashMap<>();
    boolean changed = true;
    while (changed) {
      changed = false;
      for (MachineBlock block : machine.blocks.reversed()) {
        BitSet set = new BitSet();
        for (MachineBlock successor : block.successors()) {
          set.or(atStart.getOrDefault(successor, new BitSet()));
        }
        atEnd.put(block, (BitSet) set.clone());
        for (Event event : events.getOrDefault(block, List.<Event>of()).reversed()) {
          set.set(event.object(), !event.whole());
        }
        if (!set.equals(atStart.put(block, set))) {
          changed = true;
        }
      }
    }
    return atEnd;
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

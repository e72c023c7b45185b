package dev.whistler.compiler.emit;

import dev.whistler.compiler.flow.DataFlow;
import dev.whistler.compiler.flow.DataFlow.Direction;
import dev.whistler.compiler.ir.StackObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
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

  /**
   * Object by object, going through nothing but the blocks where it is in use: most objects are
   * written as a whole and used up soon after.
   */
  private void analyze(MachineRoutine machine) {
    List<List<Event>> events = new ArrayList<>(machine.blocks.size());
    boolean[] busy = new boolean[machine.blockCount()];
    Touches touches = new Touches(objects.size(), machine.blockCount());
    for (MachineBlock block : machine.blocks) {
      List<Event> list = events(block);
      events.add(list);
      busy[block.number()] = !list.isEmpty();
      list.forEach(event -> touches.note(event, block));
    }
    IntLists wanted = new IntLists(machine.blockCount());
    IntLists touched = new IntLists(machine.blockCount());
    DataFlow<MachineBlock, Boolean> backward =
        new DataFlow<>(machine.blocks, Direction.BACKWARD, false, Boolean::logicalOr);
    DataFlow<MachineBlock, Boolean> forward =
        new DataFlow<>(machine.blocks, Direction.FORWARD, false, Boolean::logicalOr);
    for (int object = 0; object < objects.size(); object++) {
      List<MachineBlock> blocks = touches.select(object);
      backward.solve(blocks, touches::isWanted);
      // Where it is not wanted any longer, nobody asks whether it was touched before.
      forward.solve(
          blocks, (block, before) -> backward.into(block) && (before || touches.isIn(block)));
      note(object, backward, busy, wanted);
      note(object, forward, busy, touched);
    }
    Together connected = new Together();
    for (int i = 0; i < events.size(); i++) {
      int block = machine.blocks.get(i).number();
      connected.connect(events.get(i), touched.toArray(block), wanted.toArray(block));
    }
  }

  /** What each block does first to each object; asked of one object after the other. */
  private static final class Touches {
    private final List<List<MachineBlock>> blocks = new ArrayList<>();
    private final List<BitSet> whole = new ArrayList<>();

    // By the number of a block: the object that was selected last, and what is done to it first.
    private final int[] selected;
    private final boolean[] firstWhole;

    private int current = -1;

    Touches(int objects, int blockCount) {
      for (int i = 0; i < objects; i++) {
        blocks.add(new ArrayList<>());
        whole.add(new BitSet());
      }
      selected = new int[blockCount];
      Arrays.fill(selected, -1);
      firstWhole = new boolean[blockCount];
    }

    /** Blocks come one after the other, and the events of each in order. */
    void note(Event event, MachineBlock block) {
      List<MachineBlock> known = blocks.get(event.object());
      if (known.isEmpty() || known.getLast() != block) {
        whole.get(event.object()).set(known.size(), event.whole());
        known.add(block);
      }
    }

    /** The blocks that touch an object, of which the other methods speak from now on. */
    List<MachineBlock> select(int object) {
      List<MachineBlock> touching = blocks.get(object);
      for (int i = 0; i < touching.size(); i++) {
        int block = touching.get(i).number();
        selected[block] = object;
        firstWhole[block] = whole.get(object).get(i);
      }
      current = object;
      return touching;
    }

    boolean isIn(MachineBlock block) {
      return selected[block.number()] == current;
    }

    /** Whether the object may be read from the start of a block on. */
    boolean isWanted(MachineBlock block, boolean behind) {
      return isIn(block) ? !firstWhole[block.number()] : behind;
    }
  }

  /** Notes an object in the busy blocks that a fact about it comes into. */
  private static void note(
      int object, DataFlow<MachineBlock, Boolean> flow, boolean[] busy, IntLists noted) {
    for (MachineBlock block : flow.reached()) {
      if (busy[block.number()]) {
        noted.add(block.number(), object);
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

  /** Finds, block by block, the objects that are in use together. */
  private final class Together {
    // Objects that are wanted at the present place, in any order, and the place of each among them.
    private final int[] wanted = new int[objects.size()];
    private final int[] place = new int[objects.size()];
    private int count;

    /** The first event of each object in the present block; none where it is not the newest one. */
    private final int[] first = new int[objects.size()];

    /** Events of all blocks before: what is noted of those is out of date. */
    private int passed;

    Together() {
      Arrays.fill(place, -1);
      Arrays.fill(first, -1);
    }

    /**
     * Goes through a block backwards; an object is in use if it is wanted, and was touched.
     *
     * @param touched objects that were touched before
     * @param wantedAtEnd objects that are wanted after it
     */
    void connect(List<Event> events, int[] touched, int[] wantedAtEnd) {
      for (int i = events.size() - 1; i >= 0; i--) {
        first[events.get(i).object()] = passed + i + 1;
      }
      for (int object : touched) {
        first[object] = passed;
      }
      for (int object : wantedAtEnd) {
        add(object);
      }
      for (int i = events.size() - 1; i >= 0; i--) {
        Event event = events.get(i);
        for (int k = 0; k < count; k++) {
          int other = wanted[k];
          boolean inUse = first[other] >= passed && first[other] < passed + i + 1;
          if (inUse && other != event.object()) {
            together.get(event.object()).set(other);
            together.get(other).set(event.object());
          }
        }
        if (event.whole()) {
          remove(event.object());
        } else {
          add(event.object());
        }
      }
      while (count > 0) {
        remove(wanted[count - 1]);
      }
      passed += events.size() + 1;
    }

    private void add(int object) {
      if (place[object] < 0) {
        place[object] = count;
        wanted[count++] = object;
      }
    }

    private void remove(int object) {
      int at = place[object];
      if (at >= 0) {
        int last = wanted[--count];
        wanted[at] = last;
        place[last] = at;
        place[object] = -1;
      }
    }
  }
}

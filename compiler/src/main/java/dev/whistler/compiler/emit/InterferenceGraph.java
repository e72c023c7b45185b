package dev.whistler.compiler.emit;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.ir.BackEndException;
import java.util.Arrays;

/**
 * Which registers may not share a machine register: virtual ones with each other, and for each
 * virtual one the machine registers it may not be.
 */
final class InterferenceGraph {
  /** Bounds the memory of the graph; 64 values at once throughout 100,000 instructions fit. */
  private static final int MOST_EDGES = 8_000_000;

  /** As many neighbours are looked through, which lie together in memory. */
  private static final int FEW = 32;

  private final MachineRoutine machine;
  private final IntLists neighbours;
  private final int[] forbidden;
  private int edgeCount;

  // The edges between registers that both have more than a few neighbours: not many.
  private long[] table = new long[1024];
  private int entries;

  // The set of live registers during the walk through a block.
  private final int[] live;
  private final int[] livePosition;
  private int liveCount;
  private int liveMachine;

  InterferenceGraph(MachineRoutine machine) {
    this.machine = machine;
    int count = machine.registerCount();
    neighbours = new IntLists(count);
    forbidden = new int[count];
    live = new int[count];
    livePosition = new int[count];
    Arrays.fill(livePosition, -1);
    Liveness liveness = new Liveness(machine);
    for (MachineBlock block : machine.blocks) {
      walk(block, liveness);
    }
  }

  /** Machine registers that a virtual register may not be, as bits. */
  int forbidden(int register) {
    return forbidden[register];
  }

  void forbid(int register, int machineRegister) {
    forbidden[register] |= 1 << machineRegister;
  }

  int neighbourCount(int register) {
    return neighbours.size(register);
  }

  int neighbour(int register, int index) {
    return neighbours.get(register, index);
  }

  private void walk(MachineBlock block, Liveness liveness) {
    while (liveCount > 0) {
      livePosition[live[--liveCount]] = -1;
    }
    liveMachine = 0;
    int[] out = liveness.liveOut(block);
    for (int i = 0; i < liveness.liveOutSize(block); i++) {
      addLive(out[i]);
    }
    if (block.jump != null) {
      uses(block.jump);
    }
    for (int i = block.code.size() - 1; i >= 0; i--) {
      step(block.code.get(i));
    }
  }

  private void step(MachineInstruction i) {
    if (i.isCall()) {
      for (int k = 0; k < liveCount; k++) {
        forbidden[live[k]] |= RegisterSets.CALL_CLOBBERED;
      }
      liveMachine &= ~RegisterSets.CALL_CLOBBERED;
      for (int register = 1; register <= i.arguments; register++) {
        liveMachine |= 1 << register;
      }
      return;
    }
    if (i.isExit()) {
      liveMachine |= 1;
      return;
    }
    int defined = i.defined();
    if (defined != MachineInstruction.NONE) {
      int copied = i.isMove() ? i.source : MachineInstruction.NONE;
      if (defined < MachineInstruction.FIRST_VIRTUAL) {
        for (int k = 0; k < liveCount; k++) {
          if (live[k] != copied) {
            forbidden[live[k]] |= 1 << defined;
          }
        }
        liveMachine &= ~(1 << defined);
      } else {
        for (int k = 0; k < liveCount; k++) {
          if (live[k] != copied && live[k] != defined) {
            connect(defined, live[k]);
          }
        }
        int machine = liveMachine;
        if (copied >= 0 && copied < MachineInstruction.FIRST_VIRTUAL) {
          machine &= ~(1 << copied);
        }
        forbidden[defined] |= machine;
        removeLive(defined);
      }
    }
    uses(i);
  }

  private void uses(MachineInstruction i) {
    if (i.readsTarget()) {
      use(i.target);
    }
    if (i.readsSource()) {
      use(i.source);
    }
  }

  private void use(int register) {
    if (register >= MachineInstruction.FIRST_VIRTUAL) {
      addLive(register);
    } else if (register != MachineInstruction.FRAME_POINTER) {
      liveMachine |= 1 << register;
    }
  }

  private void addLive(int register) {
    if (livePosition[register] < 0) {
      Liveness.requireRoom(liveCount, machine);
      livePosition[register] = liveCount;
      live[liveCount++] = register;
    }
  }

  private void removeLive(int register) {
    int position = livePosition[register];
    if (position >= 0) {
      int last = live[--liveCount];
      live[position] = last;
      livePosition[last] = position;
      livePosition[register] = -1;
    }
  }

  /** Whether two virtual registers interfere. */
  boolean connected(int a, int b) {
    if (!hasMany(a)) {
      return neighbours.contains(a, b);
    }
    return hasMany(b) ? isInTable(key(a, b)) : neighbours.contains(b, a);
  }

  /** Makes two virtual registers interfere; whether they did not before. */
  boolean connect(int a, int b) {
    if (a == b || connected(a, b)) {
      return false;
    }
    if (edgeCount >= MOST_EDGES) {
      throw new BackEndException(
          Message.TOO_MANY_CONFLICTS, machine.routine.origin(), machine.routine.symbol());
    }
    edgeCount++;
    add(a, b);
    add(b, a);
    if (hasMany(a) && hasMany(b)) {
      enter(key(a, b));
    }
    return true;
  }

  private void add(int register, int neighbour) {
    neighbours.add(register, neighbour);
    if (neighbours.size(register) == FEW + 1) {
      for (int i = 0; i <= FEW; i++) {
        int other = neighbours.get(register, i);
        if (hasMany(other)) {
          enter(key(register, other));
        }
      }
    }
  }

  private boolean hasMany(int register) {
    return neighbours.size(register) > FEW;
  }

  private boolean isInTable(long key) {
    return table[slot(key)] == key;
  }

  private void enter(long key) {
    int slot = slot(key);
    if (table[slot] == key) {
      return;
    }
    table[slot] = key;
    if (++entries * 2 > table.length) {
      long[] old = table;
      table = new long[2 * old.length];
      for (long entry : old) {
        if (entry != 0) {
          table[slot(entry)] = entry;
        }
      }
    }
  }

  private static long key(int a, int b) {
    return a < b ? (long) a << 32 | b : (long) b << 32 | a;
  }

  /** Where a key is, or where it would be. */
  private int slot(long key) {
    long hash = key * 0x9e3779b97f4a7c15L;
    int slot = (int) (hash >>> 40) & table.length - 1;
    while (table[slot] != 0 && table[slot] != key) {
      slot = slot + 1 & table.length - 1;
    }
    return slot;
  }
}

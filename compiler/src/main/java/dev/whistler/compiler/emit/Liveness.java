package dev.whistler.compiler.emit;

import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.ir.BackEndException;
import java.util.Arrays;
import java.util.List;

/**
 * The virtual registers that are live at the end of each block. Found register by register, walking
 * from uses to definitions, so that the effort is the sum of all live ranges.
 */
final class Liveness {
  /** The frame has room for 64 words and there are 10 registers: far more can never be live. */
  private static final int MOST_LIVE = 300;

  private final MachineRoutine machine;
  private final int[][] liveOut;
  private final int[] liveOutSize;

  Liveness(MachineRoutine machine) {
    this.machine = machine;
    int count = machine.blocks.size();
    liveOut = new int[count][];
    liveOutSize = new int[count];
    Arrays.fill(liveOut, new int[0]);
    compute();
  }

  /** Live registers at the end of a block; only the first {@link #liveOutSize} entries count. */
  int[] liveOut(MachineBlock block) {
    return liveOut[block.number];
  }

  int liveOutSize(MachineBlock block) {
    return liveOutSize[block.number];
  }

  private void compute() {
    int registers = machine.registerCount();
    int blocks = machine.blocks.size();
    IntLists exposed = new IntLists(registers);
    IntLists definedIn = new IntLists(registers);
    int[] seenUse = new int[registers];
    int[] seenDefinition = new int[registers];
    int[][] predecessors = predecessors();
    for (MachineBlock block : machine.blocks) {
      int stamp = block.number + 1;
      for (MachineInstruction i : block.all()) {
        if (i.readsTarget()) {
          use(i.target, block, stamp, seenUse, seenDefinition, exposed);
        }
        if (i.readsSource()) {
          use(i.source, block, stamp, seenUse, seenDefinition, exposed);
        }
        int defined = i.defined();
        if (defined >= MachineInstruction.FIRST_VIRTUAL && seenDefinition[defined] != stamp) {
          seenDefinition[defined] = stamp;
          definedIn.add(defined, block.number);
        }
      }
    }
    int[] liveInStamp = new int[blocks];
    int[] liveOutStamp = new int[blocks];
    int[] definedStamp = new int[blocks];
    int[] work = new int[blocks];
    for (int register = MachineInstruction.FIRST_VIRTUAL; register < registers; register++) {
      int size = exposed.size(register);
      if (size == 0) {
        continue;
      }
      for (int i = 0; i < definedIn.size(register); i++) {
        definedStamp[definedIn.get(register, i)] = register;
      }
      int top = 0;
      for (int i = 0; i < size; i++) {
        int block = exposed.get(register, i);
        liveInStamp[block] = register;
        work[top++] = block;
      }
      while (top > 0) {
        int block = work[--top];
        for (int predecessor : predecessors[block]) {
          if (liveOutStamp[predecessor] == register) {
            continue;
          }
          liveOutStamp[predecessor] = register;
          addLiveOut(predecessor, register);
          if (definedStamp[predecessor] != register && liveInStamp[predecessor] != register) {
            liveInStamp[predecessor] = register;
            work[top++] = predecessor;
          }
        }
      }
    }
  }

  private static void use(
      int register,
      MachineBlock block,
      int stamp,
      int[] seenUse,
      int[] seenDefinition,
      IntLists exposed) {
    if (register >= MachineInstruction.FIRST_VIRTUAL
        && seenUse[register] != stamp
        && seenDefinition[register] != stamp) {
      seenUse[register] = stamp;
      exposed.add(register, block.number);
    }
  }

  /**
   * Refuses more live registers than can ever find a place: what follows is quadratic in them.
   *
   * @throws BackEndException {@code E-STACK}
   */
  static void requireRoom(int live, MachineRoutine machine) {
    if (live >= MOST_LIVE) {
      throw new BackEndException(
          Code.E_STACK,
          machine.routine.origin(),
          machine.routine.symbol()
              + " keeps more than "
              + MOST_LIVE
              + " values at once, but registers and stack hold 74",
          "use fewer variables at the same time");
    }
  }

  private void addLiveOut(int block, int register) {
    int size = liveOutSize[block]++;
    requireRoom(size, machine);
    if (size == liveOut[block].length) {
      liveOut[block] = Arrays.copyOf(liveOut[block], Math.max(8, 2 * size));
    }
    liveOut[block][size] = register;
  }

  private int[][] predecessors() {
    IntLists lists = new IntLists(machine.blocks.size());
    for (MachineBlock block : machine.blocks) {
      for (MachineBlock successor : List.copyOf(block.successors())) {
        lists.add(successor.number, block.number);
      }
    }
    int[][] result = new int[machine.blocks.size()][];
    for (int i = 0; i < result.length; i++) {
      result[i] = lists.toArray(i);
    }
    return result;
  }
}

package dev.whistler.compiler.emit;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.flow.DataFlow;
import dev.whistler.compiler.flow.DataFlow.Direction;
import dev.whistler.compiler.ir.BackEndException;
import java.util.ArrayList;
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
    return liveOut[block.number()];
  }

  int liveOutSize(MachineBlock block) {
    return liveOutSize[block.number()];
  }

  private void compute() {
    int registers = machine.registerCount();
    int blocks = machine.blocks.size();
    IntLists exposed = new IntLists(registers);
    IntLists definedIn = new IntLists(registers);
    int[] seenUse = new int[registers];
    int[] seenDefinition = new int[registers];
    for (MachineBlock block : machine.blocks) {
      int stamp = block.number() + 1;
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
          definedIn.add(defined, block.number());
        }
      }
    }
    int[] exposedIn = new int[blocks];
    int[] lostIn = new int[blocks];
    DataFlow<MachineBlock, Boolean> flow =
        new DataFlow<>(machine.blocks, Direction.BACKWARD, false, Boolean::logicalOr);
    for (int register = MachineInstruction.FIRST_VIRTUAL; register < registers; register++) {
      if (exposed.size(register) == 0) {
        continue;
      }
      int stamp = register;
      List<MachineBlock> readers = new ArrayList<>(exposed.size(register));
      for (int i = 0; i < exposed.size(register); i++) {
        exposedIn[exposed.get(register, i)] = stamp;
        readers.add(machine.blocks.get(exposed.get(register, i)));
      }
      for (int i = 0; i < definedIn.size(register); i++) {
        lostIn[definedIn.get(register, i)] = stamp;
      }
      flow.solve(
          readers,
          (block, live) ->
              exposedIn[block.number()] == stamp || live && lostIn[block.number()] != stamp);
      flow.reached().forEach(block -> addLiveOut(block.number(), stamp));
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
      exposed.add(register, block.number());
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
          Message.TOO_MANY_LIVE_VALUES,
          machine.routine.origin(),
          machine.routine.symbol(),
          MOST_LIVE);
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
}

package dev.whistler.compiler.emit;

import dev.whistler.compiler.flow.DataFlow;
import dev.whistler.compiler.flow.DataFlow.Direction;

/** Machine registers as bits: what instructions read and write, what is live. */
final class RegisterSets {
  /** r0 to r5: a call takes arguments there, and what they hold is lost. */
  static final int CALL_CLOBBERED = 0b111111;

  private RegisterSets() {}

  static int read(MachineInstruction i) {
    int set = 0;
    if (i.isCall()) {
      return (1 << i.arguments + 1) - 2;
    }
    if (i.isExit()) {
      return 1;
    }
    if (i.readsTarget()) {
      set |= 1 << i.target;
    }
    if (i.readsSource()) {
      set |= 1 << i.source;
    }
    return set;
  }

  static int written(MachineInstruction i) {
    if (i.isCall()) {
      return CALL_CLOBBERED;
    }
    int defined = i.defined();
    return defined == MachineInstruction.NONE ? 0 : 1 << defined;
  }

  /** Registers live at the start of each block, by its number. */
  static int[] liveIn(MachineRoutine machine) {
    int[] exposed = new int[machine.blockCount()];
    int[] passing = new int[machine.blockCount()];
    for (MachineBlock block : machine.blocks) {
      int read = block.jump == null ? 0 : read(block.jump);
      int kept = -1;
      for (int i = block.code.size() - 1; i >= 0; i--) {
        int written = written(block.code.get(i));
        read = read & ~written | read(block.code.get(i));
        kept &= ~written;
      }
      exposed[block.number()] = read;
      passing[block.number()] = kept;
    }
    DataFlow<MachineBlock, Integer> flow =
        new DataFlow<>(machine.blocks, Direction.BACKWARD, 0, (a, b) -> a | b);
    flow.solve(
        machine.blocks,
        (block, liveOut) -> exposed[block.number()] | liveOut & passing[block.number()]);
    int[] liveIn = new int[machine.blockCount()];
    for (MachineBlock block : machine.blocks) {
      liveIn[block.number()] = exposed[block.number()] | flow.into(block) & passing[block.number()];
    }
    return liveIn;
  }
}

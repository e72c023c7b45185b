package dev.whistler.compiler.emit;

import java.util.HashMap;
import java.util.Map;

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

  /** Registers live at the start of each block. */
  static Map<MachineBlock, Integer> liveIn(MachineRoutine machine) {
    Map<MachineBlock, Integer> liveIn = new HashMap<>();
    boolean changed = true;
    while (changed) {
      changed = false;
      for (MachineBlock block : machine.blocks.reversed()) {
        int live = 0;
        for (MachineBlock successor : block.successors()) {
          live |= liveIn.getOrDefault(successor, 0);
        }
        if (block.jump != null) {
          live |= read(block.jump);
        }
        for (MachineInstruction i : block.code.reversed()) {
          live = live & ~written(i) | read(i);
        }
        Integer before = liveIn.put(block, live);
        changed |= before == null || before != live;
      }
    }
    return liveIn;
  }
}

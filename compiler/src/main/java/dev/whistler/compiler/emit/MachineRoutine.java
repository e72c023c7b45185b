package dev.whistler.compiler.emit;

import dev.whistler.compiler.ir.Routine;
import java.util.ArrayList;
import java.util.List;

/** A routine as machine instructions. Owned by the stage that works on it. */
final class MachineRoutine {
  final Routine routine;

  /** The entry first; later stages order the rest. */
  final List<MachineBlock> blocks = new ArrayList<>();

  private int nextBlock;
  private int nextRegister = MachineInstruction.FIRST_VIRTUAL;

  MachineRoutine(Routine routine) {
    this.routine = routine;
  }

  int newRegister() {
    return nextRegister++;
  }

  /** One more than the highest register number. */
  int registerCount() {
    return nextRegister;
  }

  MachineBlock newBlock() {
    MachineBlock block = looseBlock();
    blocks.add(block);
    return block;
  }

  /** A block that the caller puts between others. */
  MachineBlock looseBlock() {
    return new MachineBlock(nextBlock++);
  }

  /** One more than the highest number of a block. */
  int blockCount() {
    return nextBlock;
  }
}

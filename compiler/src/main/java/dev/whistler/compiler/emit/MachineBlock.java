package dev.whistler.compiler.emit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A block of machine instructions. It ends in one of three ways: its last instruction is an exit
 * and {@link #next} is null; it goes on at {@link #next}; or {@link #jump} decides between {@link
 * #taken} and {@link #next}.
 */
final class MachineBlock {
  final int number;
  List<MachineInstruction> code = new ArrayList<>();

  /** A conditional jump without its offset, or null. */
  @Nullable MachineInstruction jump;

  /** Where the jump goes when its condition holds. */
  @Nullable MachineBlock taken;

  /** Where control goes otherwise. */
  @Nullable MachineBlock next;

  /** Loop nesting, 0 outside loops. */
  int depth;

  MachineBlock(int number) {
    this.number = number;
  }

  List<MachineBlock> successors() {
    List<MachineBlock> list = new ArrayList<>(2);
    if (taken != null) {
      list.add(taken);
    }
    if (next != null) {
      list.add(next);
    }
    return list;
  }

  /** Code and jump, in order. */
  List<MachineInstruction> all() {
    if (jump == null) {
      return code;
    }
    List<MachineInstruction> list = new ArrayList<>(code);
    list.add(jump);
    return list;
  }

  @Override
  public String toString() {
    return "m" + number;
  }
}

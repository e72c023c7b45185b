package dev.whistler.compiler.emit;

import dev.whistler.compiler.flow.Node;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A block of machine instructions. It ends in one of three ways: its last instruction is an exit
 * and {@link #next} is null; it goes on at {@link #next}; or {@link #jump} decides between {@link
 * #taken} and {@link #next}.
 */
final class MachineBlock implements Node<MachineBlock> {
  private final int number;
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

  @Override
  public int number() {
    return number;
  }

  /** What follows comes first. */
  @Override
  public List<MachineBlock> successors() {
    if (next == null) {
      return List.of();
    }
    return taken == null ? List.of(next) : List.of(next, taken);
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

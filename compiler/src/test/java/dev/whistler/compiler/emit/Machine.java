package dev.whistler.compiler.emit;

import static dev.whistler.compiler.emit.Tree.HERE;

import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Short names for building machine routines by hand, and their text. */
final class Machine {
  private Machine() {}

  static MachineRoutine routine() {
    return new MachineRoutine(new Routine("p", true, 1, OptionalLong.empty(), HERE));
  }

  /** {@code target = value} */
  static MachineInstruction set(int target, int value) {
    return MachineInstruction.moveImmediate(target, value, HERE);
  }

  /** {@code target = source} */
  static MachineInstruction copy(int target, int source) {
    return MachineInstruction.move(target, source, HERE);
  }

  /** {@code target += source} */
  static MachineInstruction add(int target, int source) {
    return MachineInstruction.alu(Opcode.ALU64 | Opcode.alu(Operator.ADD), target, source, HERE);
  }

  /** Calls {@code get_prandom_u32}, which takes nothing and returns a number in r0. */
  static MachineInstruction call() {
    return MachineInstruction.call(7, 0, HERE);
  }

  static MachineInstruction exit() {
    return MachineInstruction.exit(HERE);
  }

  static void append(MachineBlock block, MachineInstruction... code) {
    block.code.addAll(List.of(code));
  }

  /** Ends a block by a jump that goes to {@code taken} where a register has that relation. */
  static void branch(
      MachineBlock block,
      int register,
      Relation relation,
      int value,
      MachineBlock taken,
      MachineBlock next) {
    block.jump =
        MachineInstruction.aluImmediate(Opcode.JMP | Opcode.jump(relation), register, value, HERE);
    block.taken = taken;
    block.next = next;
  }

  /**
   * Blocks in their order, one a line: {@code m0: r1 = 5; if r1 == 5 goto m2; goto m1}. Going on to
   * the next line is not mentioned.
   */
  static String text(MachineRoutine machine) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < machine.blocks.size(); i++) {
      MachineBlock block = machine.blocks.get(i);
      List<String> parts = new ArrayList<>();
      block.code.forEach(instruction -> parts.add(text(instruction)));
      if (block.jump != null) {
        parts.add("if " + text(block.jump) + " goto " + block.taken);
      }
      if (block.next != null && !isAt(machine, i + 1, block.next)) {
        parts.add("goto " + block.next);
      }
      out.append(block).append(": ").append(String.join("; ", parts)).append('\n');
    }
    return out.toString();
  }

  private static boolean isAt(MachineRoutine machine, int index, @Nullable MachineBlock block) {
    return index < machine.blocks.size() && machine.blocks.get(index) == block;
  }

  private static String text(MachineInstruction i) {
    String operand = i.source == MachineInstruction.NONE ? "" + i.immediate : "r" + i.source;
    return switch (i.kind()) {
      case Opcode.ALU64 ->
          "r" + i.target + ((i.opcode & 0xf0) == Opcode.MOVE ? " = " : " += ") + operand;
      case Opcode.LDX -> "r" + i.target + " = " + i.object;
      case Opcode.STX -> i.object + " = r" + i.source;
      default -> i.isCall() ? "call" : i.isExit() ? "exit" : "r" + i.target + relation(i) + operand;
    };
  }

  private static String relation(MachineInstruction jump) {
    for (Relation relation : Relation.values()) {
      if (Opcode.jump(relation) == (jump.opcode & 0xf0)) {
        return switch (relation) {
          case EQUAL -> " == ";
          case NOT_EQUAL -> " != ";
          case GREATER -> " > ";
          case LESS_EQUAL -> " <= ";
          default -> throw new IllegalArgumentException("no sign for " + relation);
        };
      }
    }
    throw new IllegalArgumentException("no jump: " + jump);
  }
}

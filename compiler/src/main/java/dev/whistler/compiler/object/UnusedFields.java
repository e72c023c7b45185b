package dev.whistler.compiler.object;

import dev.whistler.compiler.emit.Instruction;
import java.util.ArrayList;
import java.util.List;

/**
 * Fields that an instruction does not have (RFC 9669) and that the kernel therefore wants to be 0:
 * code that looks clean and is refused.
 */
final class UnusedFields {
  private static final int NEGATE = 8;
  private static final int DIVIDE = 3;
  private static final int REMAINDER = 9;
  private static final int MOVE = 11;
  private static final int SWAP = 13;

  private UnusedFields() {}

  /** Which parts of an instruction an encoding uses. */
  private record Used(boolean target, boolean source, boolean offset, boolean immediate) {}

  /** The fields that are not 0, as {@code offset 7}; empty if there are none. */
  static String of(Instruction i, Instruction next) {
    Used used = used(i);
    List<String> fields = new ArrayList<>();
    add(fields, "target", used.target, i.target());
    add(fields, "source", used.source, i.source());
    add(fields, "offset", used.offset, i.offset());
    add(fields, "immediate", used.immediate, i.immediate());
    if (i.opcode() == Opcodes.WIDE_LOAD && next != i) {
      add(fields, "second opcode", false, next.opcode());
      add(fields, "second target", false, next.target());
      add(fields, "second source", false, next.source());
      add(fields, "second offset", false, next.offset());
    }
    return String.join(", ", fields);
  }

  private static void add(List<String> fields, String name, boolean used, int value) {
    if (!used && value != 0) {
      fields.add(name + " " + value);
    }
  }

  private static Used used(Instruction i) {
    int opcode = i.opcode();
    boolean register = (opcode & 8) != 0;
    return switch (Opcodes.classOf(opcode)) {
      case Opcodes.CLASS_ALU32, Opcodes.CLASS_ALU64 -> arithmetic(i, register);
      case Opcodes.CLASS_JUMP, Opcodes.CLASS_JUMP32 ->
          switch (opcode) {
            case Opcodes.EXIT -> new Used(false, false, false, false);
            case Opcodes.GOTO -> new Used(false, false, true, false);
            case Opcodes.GOTO_LONG -> new Used(false, false, false, true);
            case Opcodes.MAY_GOTO -> new Used(false, false, true, false);
            // A function of a module: its descriptor's place is in the offset.
            case Opcodes.CALL -> new Used(false, true, i.source() == 2, true);
            case Opcodes.CALL_REGISTER -> new Used(true, false, false, false);
            default -> new Used(true, register, true, !register);
          };
      case Opcodes.CLASS_LOAD ->
          opcode == Opcodes.WIDE_LOAD
              ? new Used(true, true, false, true)
              : new Used(false, opcode >> 5 == 2, false, true);
      case Opcodes.CLASS_LOAD_MEMORY -> new Used(true, true, true, false);
      case Opcodes.CLASS_STORE_IMMEDIATE -> new Used(true, false, true, true);
      default -> new Used(true, true, true, opcode >> 5 == 6);
    };
  }

  private static Used arithmetic(Instruction i, boolean register) {
    return switch (i.opcode() >> 4) {
      case NEGATE -> new Used(true, false, false, false);
      case SWAP -> new Used(true, false, false, true);
      // Signed where the offset is 1.
      case DIVIDE, REMAINDER -> new Used(true, register, true, !register);
      // Sign-extending, or between address spaces.
      case MOVE -> new Used(true, register, register, !register || i.offset() == 1);
      default -> new Used(true, register, false, !register);
    };
  }
}

package dev.whistler.compiler.object;

import dev.whistler.compiler.emit.Instruction;
import dev.whistler.compiler.emit.Opcode;
import java.util.ArrayList;
import java.util.List;

/**
 * Fields that an instruction does not have (RFC 9669) and that the kernel therefore wants to be 0:
 * code that looks clean and is refused.
 */
final class UnusedFields {
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
    if (i.opcode() == Opcode.LOAD_WIDE && next != i) {
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
    boolean register = Opcode.hasRegister(opcode);
    return switch (Opcode.classOf(opcode)) {
      case Opcode.ALU, Opcode.ALU64 -> arithmetic(i, register);
      case Opcode.JMP, Opcode.JMP32 ->
          switch (opcode) {
            case Opcode.EXIT -> new Used(false, false, false, false);
            case Opcode.GO -> new Used(false, false, true, false);
            case Opcode.GO_LONG -> new Used(false, false, false, true);
            case Opcode.MAY_GO -> new Used(false, false, true, false);
            // A function of a module: its descriptor's place is in the offset.
            case Opcode.CALL -> new Used(false, true, i.source() == 2, true);
            case Opcode.CALL_REGISTER -> new Used(true, false, false, false);
            default -> new Used(true, register, true, !register);
          };
      case Opcode.LOAD ->
          opcode == Opcode.LOAD_WIDE
              ? new Used(true, true, false, true)
              : new Used(false, Opcode.mode(opcode) == Opcode.INDIRECT, false, true);
      case Opcode.LDX -> new Used(true, true, true, false);
      case Opcode.ST -> new Used(true, false, true, true);
      default -> new Used(true, true, true, Opcode.mode(opcode) == Opcode.ATOMIC);
    };
  }

  private static Used arithmetic(Instruction i, boolean register) {
    return switch (Opcode.operation(i.opcode())) {
      case Opcode.NEGATE -> new Used(true, false, false, false);
      case Opcode.END -> new Used(true, false, false, true);
      // Signed where the offset is 1.
      case Opcode.DIVIDE, Opcode.MODULO -> new Used(true, register, true, !register);
      // Sign-extending, or between address spaces.
      case Opcode.MOVE -> new Used(true, register, register, !register || i.offset() == 1);
      default -> new Used(true, register, false, !register);
    };
  }
}

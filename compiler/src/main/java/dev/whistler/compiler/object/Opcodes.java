package dev.whistler.compiler.object;

import dev.whistler.compiler.emit.Instruction;

/** Facts about instruction encodings (RFC 9669) that readers of code need. */
final class Opcodes {
  static final int CLASS_LOAD = 0;
  static final int CLASS_LOAD_MEMORY = 1;
  static final int CLASS_STORE_IMMEDIATE = 2;
  static final int CLASS_STORE = 3;
  static final int CLASS_ALU32 = 4;
  static final int CLASS_JUMP = 5;
  static final int CLASS_JUMP32 = 6;
  static final int CLASS_ALU64 = 7;

  static final int WIDE_LOAD = 0x18;
  static final int CALL = 0x85;
  static final int EXIT = 0x95;
  static final int GOTO = 0x05;
  static final int GOTO_LONG = 0x06;

  /** Linux 6.10: jumps when the time that the kernel gives a loop is over. */
  static final int MAY_GOTO = 0xe5;

  /** A call by register, which compilers write and no kernel accepts. */
  static final int CALL_REGISTER = 0x8d;

  private Opcodes() {}

  static int classOf(int opcode) {
    return opcode & 7;
  }

  /** The smallest instruction-set level that has an instruction. */
  static int level(Instruction instruction) {
    int opcode = instruction.opcode();
    int operation = opcode >> 4;
    return switch (classOf(opcode)) {
      case CLASS_JUMP32 -> opcode == GOTO_LONG ? 4 : 3;
      // JLT, JLE, JSLT, JSLE
      case CLASS_JUMP -> operation >= 0xa ? 2 : 1;
      case CLASS_STORE -> isAtomic(opcode) && instruction.immediate() != 0 ? 3 : 1;
      // Sign-extending loads
      case CLASS_LOAD_MEMORY -> opcode >> 5 == 4 ? 4 : 1;
      case CLASS_ALU32, CLASS_ALU64 -> arithmeticLevel(instruction, operation);
      default -> 1;
    };
  }

  private static boolean isAtomic(int opcode) {
    return opcode >> 5 == 6;
  }

  private static int arithmeticLevel(Instruction instruction, int operation) {
    boolean swap64 = operation == 0xd && classOf(instruction.opcode()) == CLASS_ALU64;
    boolean signExtending = operation == 0xb && instruction.offset() != 0;
    boolean signedDivision = (operation == 3 || operation == 9) && instruction.offset() == 1;
    return swap64 || signExtending || signedDivision ? 4 : 1;
  }
}

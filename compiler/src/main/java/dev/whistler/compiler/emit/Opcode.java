package dev.whistler.compiler.emit;

import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;

/** Operation codes of RFC 9669, sections 3 to 5, and their parts. */
public final class Opcode {
  /** Instruction classes, the low three bits. */
  public static final int LOAD = 0x00;

  public static final int LDX = 0x01;
  public static final int ST = 0x02;
  public static final int STX = 0x03;
  public static final int ALU = 0x04;
  public static final int JMP = 0x05;
  public static final int JMP32 = 0x06;
  public static final int ALU64 = 0x07;

  /** The second operand is a register. */
  public static final int REGISTER = 0x08;

  /** Operations of the ALU classes, the high four bits. */
  public static final int DIVIDE = 0x30;

  public static final int NEGATE = 0x80;
  public static final int MODULO = 0x90;
  public static final int MOVE = 0xb0;
  public static final int END = 0xd0;

  /** Byte swap to big-endian: class ALU, operation END, source bit set. */
  static final int TO_BIG_ENDIAN = ALU | END | REGISTER;

  /** 64-bit immediate load; two slots. */
  public static final int LOAD_WIDE = 0x18;

  public static final int GO = JMP;

  /** {@code gotol}: a jump with a 32-bit offset, v4. */
  public static final int GO_LONG = JMP32;

  public static final int CALL = 0x85;

  /** A call by register, which compilers write and no kernel accepts. */
  public static final int CALL_REGISTER = 0x8d;

  public static final int EXIT = 0x95;

  /** Linux 6.10: jumps when the time that the kernel gives a loop is over. */
  public static final int MAY_GO = 0xe5;

  /** Jumps by equality and by its opposite. */
  static final int IF_EQUAL = 0x10;

  static final int IF_UNEQUAL = 0x50;

  /** The first of the comparisons by less, which v1 does not have. */
  private static final int JUMP_IF_LESS = 0xa0;

  /** Modes of loads and stores, the high three bits; two are those of socket filters. */
  public static final int ABSOLUTE = 0x20;

  public static final int INDIRECT = 0x40;
  public static final int MEMORY = 0x60;
  public static final int SIGNED_MEMORY = 0x80;
  public static final int ATOMIC = 0xc0;

  /** Atomic operation field: addition; with the fetch bit. */
  static final int ATOMIC_ADD = 0x00;

  static final int ATOMIC_FETCH = 0x01;

  private Opcode() {}

  /** The class of an instruction. */
  public static int classOf(int opcode) {
    return opcode & 0x07;
  }

  /** What an instruction of a class for arithmetic or jumps does. */
  public static int operation(int opcode) {
    return opcode & 0xf0;
  }

  /** How a load or store gets at memory. */
  public static int mode(int opcode) {
    return opcode & 0xe0;
  }

  /** Whether the second operand is a register. */
  public static boolean hasRegister(int opcode) {
    return (opcode & REGISTER) != 0;
  }

  /** The bytes that a load or store accesses. */
  public static int width(int opcode) {
    return switch (opcode & 0x18) {
      case 0x10 -> 1;
      case 0x08 -> 2;
      case 0x00 -> 4;
      default -> 8;
    };
  }

  /** The smallest instruction-set level that has an instruction. */
  public static int level(Instruction instruction) {
    int opcode = instruction.opcode();
    return switch (classOf(opcode)) {
      case JMP32 -> opcode == GO_LONG ? 4 : 3;
      case JMP -> operation(opcode) >= JUMP_IF_LESS ? 2 : 1;
      case STX -> mode(opcode) == ATOMIC && instruction.immediate() != ATOMIC_ADD ? 3 : 1;
      case LDX -> mode(opcode) == SIGNED_MEMORY ? 4 : 1;
      case ALU, ALU64 -> arithmeticLevel(instruction);
      default -> 1;
    };
  }

  private static int arithmeticLevel(Instruction i) {
    boolean newer =
        switch (operation(i.opcode())) {
          case END -> classOf(i.opcode()) == ALU64; // Without regard to the machine's order.
          case MOVE -> i.offset() != 0; // Sign-extending.
          case DIVIDE, MODULO -> i.offset() == 1; // Signed.
          default -> false;
        };
    return newer ? 4 : 1;
  }

  static int size(int width) {
    return switch (width) {
      case 1 -> 0x10;
      case 2 -> 0x08;
      case 4 -> 0x00;
      case 8 -> 0x18;
      default -> throw new IllegalArgumentException("no access of " + width + " bytes");
    };
  }

  static int load(int width) {
    return LDX | MEMORY | size(width);
  }

  static int loadSigned(int width) {
    return LDX | SIGNED_MEMORY | size(width);
  }

  static int store(int width) {
    return STX | MEMORY | size(width);
  }

  static int storeImmediate(int width) {
    return ST | MEMORY | size(width);
  }

  static int atomic(int width) {
    return STX | ATOMIC | size(width);
  }

  static int alu(Operator operator) {
    return switch (operator) {
      case ADD -> 0x00;
      case SUBTRACT -> 0x10;
      case MULTIPLY -> 0x20;
      case DIVIDE -> DIVIDE;
      case OR -> 0x40;
      case AND -> 0x50;
      case SHIFT_LEFT -> 0x60;
      case SHIFT_RIGHT -> 0x70;
      case MODULO -> MODULO;
      case XOR -> 0xa0;
      case SHIFT_RIGHT_SIGNED -> 0xc0;
    };
  }

  static int jump(Relation relation) {
    return switch (relation) {
      case EQUAL -> IF_EQUAL;
      case GREATER -> 0x20;
      case GREATER_EQUAL -> 0x30;
      case NOT_EQUAL -> IF_UNEQUAL;
      case SIGNED_GREATER -> 0x60;
      case SIGNED_GREATER_EQUAL -> 0x70;
      case LESS -> JUMP_IF_LESS;
      case LESS_EQUAL -> 0xb0;
      case SIGNED_LESS -> 0xc0;
      case SIGNED_LESS_EQUAL -> 0xd0;
    };
  }
}

package dev.whistler.compiler.emit;

import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;

/** Operation codes of RFC 9669, sections 3 to 5, and their parts. */
final class Opcode {
  /** Instruction classes, the low three bits. */
  static final int LOAD = 0x00;

  static final int LDX = 0x01;
  static final int ST = 0x02;
  static final int STX = 0x03;
  static final int ALU = 0x04;
  static final int JMP = 0x05;
  static final int JMP32 = 0x06;
  static final int ALU64 = 0x07;

  /** The second operand is a register. */
  static final int REGISTER = 0x08;

  static final int MOVE = 0xb0;
  static final int NEGATE = 0x80;
  static final int END = 0xd0;

  /** Byte swap to big-endian: class ALU, operation END, source bit set. */
  static final int TO_BIG_ENDIAN = ALU | END | REGISTER;

  /** 64-bit immediate load; two slots. */
  static final int LOAD_WIDE = 0x18;

  static final int GO = JMP;

  /** {@code gotol}: a jump with a 32-bit offset, v4. */
  static final int GO_LONG = JMP32;

  static final int CALL = 0x85;
  static final int EXIT = 0x95;
  static final int JUMP_IF_SET = 0x40;

  private static final int MEMORY = 0x60;
  private static final int SIGNED_MEMORY = 0x80;
  private static final int ATOMIC = 0xc0;

  /** Atomic operation field: addition; with the fetch bit. */
  static final int ATOMIC_ADD = 0x00;

  static final int ATOMIC_FETCH = 0x01;

  private Opcode() {}

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
      case DIVIDE -> 0x30;
      case OR -> 0x40;
      case AND -> 0x50;
      case SHIFT_LEFT -> 0x60;
      case SHIFT_RIGHT -> 0x70;
      case MODULO -> 0x90;
      case XOR -> 0xa0;
      case SHIFT_RIGHT_SIGNED -> 0xc0;
    };
  }

  static int jump(Relation relation) {
    return switch (relation) {
      case EQUAL -> 0x10;
      case GREATER -> 0x20;
      case GREATER_EQUAL -> 0x30;
      case NOT_EQUAL -> 0x50;
      case SIGNED_GREATER -> 0x60;
      case SIGNED_GREATER_EQUAL -> 0x70;
      case LESS -> 0xa0;
      case LESS_EQUAL -> 0xb0;
      case SIGNED_LESS -> 0xc0;
      case SIGNED_LESS_EQUAL -> 0xd0;
    };
  }
}

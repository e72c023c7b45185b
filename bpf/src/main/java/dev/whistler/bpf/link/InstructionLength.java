package dev.whistler.bpf.link;

/**
 * Lengths of x86-64 instructions in 64-bit mode (Intel SDM volume 2, chapters 2 and appendix A; XOP
 * and 3DNow! from AMD's volume 3). What means different lengths on different processors, and what
 * is undefined, has none.
 */
final class InstructionLength {
  /** No instruction is longer (Intel SDM volume 2, 2.3.11). */
  static final int MAXIMUM = 15;

  /** Bits for an opcode: what follows it. */
  private static final int MODRM = 1;

  private static final int BYTE = 2;

  /** An immediate of 4 bytes, of 2 with the operand-size prefix. */
  private static final int OPERAND = 4;

  private static final int WORD = 8;
  private static final int UNDEFINED = 16;

  private final byte[] code;
  private final int start;
  private int at;
  private boolean operandSize;
  private boolean addressSize;
  private boolean wide;
  private boolean repeated;

  private InstructionLength(byte[] code, int start) {
    this.code = code;
    this.start = start;
    this.at = start;
  }

  /**
   * Bytes of the instruction at a place.
   *
   * @return 1 to 15; 0 if it is none, if nothing certain is known of it or if the code ends within
   */
  static int of(byte[] code, int start) {
    InstructionLength instruction = new InstructionLength(code, start);
    return instruction.read() && instruction.at <= code.length && instruction.at - start <= MAXIMUM
        ? instruction.at - start
        : 0;
  }

  /** The next byte; what lies behind the code makes the instruction longer than the code. */
  private int next() {
    int index = at++;
    return index < code.length ? code[index] & 0xff : 0;
  }

  private boolean read() {
    int opcode = opcodeBehindPrefixes();
    return switch (opcode) {
      case 0x0f -> twoBytes(next());
      case 0xc5 -> {
        next();
        yield vector(1, next(), false);
      }
      case 0xc4 -> {
        int map = next() & 0x1f;
        next();
        yield vector(map, next(), false);
      }
      case 0x62 -> {
        int map = next() & 7;
        next();
        next();
        yield vector(map, next(), true);
      }
      case 0x8f -> {
        int map = next() & 0x1f;
        if (map >= 8 && map <= 10) {
          next();
          next();
          yield operands(map == 8 ? MODRM | BYTE : map == 9 ? MODRM : MODRM | OPERAND);
        }
        at--;
        yield operands(MODRM);
      }
      default -> oneByte(opcode);
    };
  }

  private int opcodeBehindPrefixes() {
    while (at - start < MAXIMUM) {
      int b = next();
      switch (b) {
        case 0x66 -> operandSize = true;
        case 0x67 -> addressSize = true;
        case 0xf2, 0xf3 -> repeated = true;
        case 0xf0, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65 -> {}
        default -> {
          if (b >> 4 == 4) {
            // Only the last one before the opcode counts.
            wide = (b & 8) != 0;
            continue;
          }
          return b;
        }
      }
      wide = false;
    }
    return 0x06; // undefined
  }

  private boolean oneByte(int opcode) {
    if (opcode < 0x40) {
      return operands(
          switch (opcode & 7) {
            case 4 -> BYTE;
            case 5 -> OPERAND;
            case 6, 7 -> UNDEFINED;
            default -> MODRM;
          });
    }
    return switch (opcode) {
      case 0xa0, 0xa1, 0xa2, 0xa3 -> skip(addressSize ? 4 : 8);
      case 0xb8, 0xb9, 0xba, 0xbb, 0xbc, 0xbd, 0xbe, 0xbf -> wide ? skip(8) : operands(OPERAND);
      case 0xc8 -> skip(3);
      case 0xe8, 0xe9 -> jump();
      case 0xf6, 0xf7 -> {
        boolean tests = at < code.length && (code[at] & 0x38) < 0x10;
        yield operands(MODRM | (!tests ? 0 : opcode == 0xf6 ? BYTE : OPERAND));
      }
      default -> operands(oneByteKind(opcode));
    };
  }

  private static int oneByteKind(int opcode) {
    return switch (opcode) {
      case 0x60, 0x61, 0x82, 0x9a, 0xce, 0xd4, 0xd5, 0xd6, 0xea -> UNDEFINED;
      case 0x63 -> MODRM;
      case 0x68, 0xa9 -> OPERAND;
      case 0x69, 0x81, 0xc7 -> MODRM | OPERAND;
      case 0x6a, 0xa8, 0xcd, 0xeb -> BYTE;
      case 0x6b, 0x80, 0x83, 0xc0, 0xc1, 0xc6 -> MODRM | BYTE;
      case 0xc2, 0xca -> WORD;
      case 0xfe, 0xff -> MODRM;
      default -> {
        boolean immediate =
            opcode >= 0x70 && opcode < 0x80
                || opcode >= 0xb0 && opcode < 0xb8
                || opcode >= 0xe0 && opcode < 0xe8;
        boolean modrm =
            opcode >= 0x84 && opcode < 0x90
                || opcode >= 0xd0 && opcode < 0xd4
                || opcode >= 0xd8 && opcode < 0xe0;
        yield immediate ? BYTE : modrm ? MODRM : 0;
      }
    };
  }

  private boolean twoBytes(int opcode) {
    return switch (opcode) {
      case 0x38 -> {
        next();
        yield operands(MODRM);
      }
      case 0x3a -> {
        next();
        yield operands(MODRM | BYTE);
      }
      // Moves of control registers: whatever mod says, the operand is a register.
      case 0x20, 0x21, 0x22, 0x23 -> skip(1);
      // vmread, or extrq and insertq with two immediates
      case 0x78 -> operands(MODRM) && (operandSize || repeated ? skip(2) : true);
      default -> opcode >= 0x80 && opcode < 0x90 ? jump() : operands(twoByteKind(opcode));
    };
  }

  private static int twoByteKind(int opcode) {
    return switch (opcode) {
      case 0x04, 0x0a, 0x0c, 0x24, 0x25, 0x26, 0x27, 0x36, 0x39 -> UNDEFINED;
      case 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x7a, 0x7b, 0xa6, 0xa7 -> UNDEFINED;
      case 0x0f, 0x70, 0x71, 0x72, 0x73, 0xa4, 0xac, 0xba -> MODRM | BYTE;
      case 0xc2, 0xc4, 0xc5, 0xc6 -> MODRM | BYTE;
      case 0x05, 0x06, 0x07, 0x08, 0x09, 0x0b, 0x0e, 0x77 -> 0;
      case 0xa0, 0xa1, 0xa2, 0xa8, 0xa9, 0xaa -> 0;
      default -> opcode >= 0x30 && opcode < 0x38 || opcode >= 0xc8 && opcode < 0xd0 ? 0 : MODRM;
    };
  }

  /** VEX and EVEX: {@code map} names the table of the opcode. */
  private boolean vector(int map, int opcode, boolean extended) {
    return switch (map) {
      case 1 ->
          switch (opcode) {
            case 0x77 -> !extended;
            case 0x70, 0x71, 0x72, 0x73, 0xc2, 0xc4, 0xc5, 0xc6 -> operands(MODRM | BYTE);
            default -> operands(MODRM);
          };
      case 2 -> operands(MODRM);
      case 3 -> operands(MODRM | BYTE);
      case 5, 6 -> extended && operands(MODRM);
      default -> false;
    };
  }

  /** With the operand-size prefix, processors disagree about the distance. */
  private boolean jump() {
    return (!operandSize || wide) && skip(4);
  }

  private boolean skip(int bytes) {
    at += bytes;
    return true;
  }

  private boolean operands(int kind) {
    if ((kind & UNDEFINED) != 0) {
      return false;
    }
    if ((kind & MODRM) != 0) {
      memory(next());
    }
    if ((kind & BYTE) != 0) {
      at++;
    }
    if ((kind & WORD) != 0) {
      at += 2;
    }
    if ((kind & OPERAND) != 0) {
      at += operandSize && !wide ? 2 : 4;
    }
    return true;
  }

  private void memory(int modrm) {
    int mode = modrm >> 6;
    int register = modrm & 7;
    if (mode == 3) {
      return;
    }
    boolean far = mode == 2 || mode == 0 && register == 5;
    if (register == 4) {
      int base = next() & 7;
      far |= mode == 0 && base == 5;
    }
    at += far ? 4 : mode == 1 ? 1 : 0;
  }
}

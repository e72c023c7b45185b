package dev.whistler.compiler.object;

import dev.whistler.compiler.emit.Instruction;
import dev.whistler.compiler.emit.Opcode;
import dev.whistler.compiler.table.Helpers;
import java.util.Locale;

/** One instruction in the notation of the kernel's verifier (kernel/bpf/disasm.c). */
final class InstructionText {
  private static final String[] ALU = {
    "+=", "-=", "*=", "/=", "|=", "&=", "<<=", ">>=", "neg", "%=", "^=", "=", "s>>=", "endian"
  };
  private static final String[] JUMP = {
    "", "==", ">", ">=", "&", "!=", "s>", "s>=", "", "", "<", "<=", "s<", "s<="
  };

  /** Source of a call: BPF_PSEUDO_KFUNC_CALL. */
  private static final int KERNEL_FUNCTION = 2;

  private InstructionText() {}

  /**
   * The text of an instruction.
   *
   * @param slot its slot in the function, for jump targets
   * @param next the second slot of a wide load, else itself
   * @param symbol what its relocation means, or empty
   */
  static String of(Instruction instruction, int slot, Instruction next, String symbol) {
    int opcode = instruction.opcode();
    String text =
        switch (Opcode.classOf(opcode)) {
          case Opcode.ALU, Opcode.ALU64 -> arithmetic(instruction);
          case Opcode.JMP, Opcode.JMP32 -> jump(instruction, slot, symbol);
          case Opcode.LOAD -> wide(instruction, next, symbol);
          case Opcode.LDX -> {
            String type = width(opcode);
            String shown =
                Opcode.mode(opcode) == Opcode.SIGNED_MEMORY ? "s" + type.substring(1) : type;
            yield register('r', instruction.target())
                + " = "
                + memory(shown, instruction.source(), instruction.offset());
          }
          case Opcode.ST ->
              memory(width(opcode), instruction.target(), instruction.offset())
                  + " = "
                  + instruction.immediate();
          case Opcode.STX -> store(instruction);
          default -> "";
        };
    if (text.isEmpty()) {
      return String.format(Locale.ROOT, "unknown opcode 0x%02x", opcode);
    }
    String unused = UnusedFields.of(instruction, next);
    return unused.isEmpty() ? text : text + "  ; not 0 although unused: " + unused;
  }

  private static String width(int opcode) {
    return "u" + 8 * Opcode.width(opcode);
  }

  private static String register(char prefix, int number) {
    return prefix + Integer.toString(number);
  }

  private static String memory(String type, int register, int offset) {
    String sign = offset < 0 ? " - " : " + ";
    return "*(" + type + " *)(r" + register + sign + Math.abs(offset) + ")";
  }

  private static String arithmetic(Instruction i) {
    boolean wide = Opcode.classOf(i.opcode()) == Opcode.ALU64;
    char prefix = wide ? 'r' : 'w';
    String target = register(prefix, i.target());
    boolean fromRegister = Opcode.hasRegister(i.opcode());
    String operand = fromRegister ? register(prefix, i.source()) : Integer.toString(i.immediate());
    int operation = i.opcode() >> 4;
    if (operation >= ALU.length) {
      return "";
    }
    return switch (ALU[operation]) {
      case "neg" -> target + " = -" + target;
      case "endian" -> {
        String kind = wide ? "bswap" : fromRegister ? "be" : "le";
        String whole = register('r', i.target());
        yield whole + " = " + kind + i.immediate() + " " + whole;
      }
      case "=" -> {
        if (wide && fromRegister && i.offset() == 1) {
          yield target
              + " = addr_space_cast("
              + operand
              + ", "
              + (i.immediate() >>> 16)
              + ", "
              + (i.immediate() & 0xffff)
              + ")";
        }
        yield i.offset() == 0
            ? target + " = " + operand
            : target + " = (s" + i.offset() + ")" + operand;
      }
      case "/=", "%=" -> target + (i.offset() == 1 ? " s" : " ") + ALU[operation] + " " + operand;
      default -> target + " " + ALU[operation] + " " + operand;
    };
  }

  private static String jump(Instruction i, int slot, String symbol) {
    switch (i.opcode()) {
      case Opcode.CALL -> {
        return call(i, slot, symbol);
      }
      case Opcode.CALL_REGISTER -> {
        return "callx " + register('r', i.target());
      }
      case Opcode.MAY_GO -> {
        return "may_goto " + target(slot, i.offset());
      }
      case Opcode.EXIT -> {
        return "exit";
      }
      case Opcode.GO -> {
        return "goto " + target(slot, i.offset());
      }
      case Opcode.GO_LONG -> {
        return "gotol " + target(slot, i.immediate());
      }
      default -> {}
    }
    int operation = i.opcode() >> 4;
    if (operation >= JUMP.length || JUMP[operation].isEmpty()) {
      return "";
    }
    char prefix = Opcode.classOf(i.opcode()) == Opcode.JMP ? 'r' : 'w';
    String operand =
        Opcode.hasRegister(i.opcode())
            ? register(prefix, i.source())
            : Integer.toString(i.immediate());
    return "if "
        + register(prefix, i.target())
        + " "
        + JUMP[operation]
        + " "
        + operand
        + " goto "
        + target(slot, i.offset());
  }

  private static String target(int slot, int offset) {
    return String.format(Locale.ROOT, "%+d <%d>", offset, slot + 1 + offset);
  }

  private static String call(Instruction i, int slot, String symbol) {
    if (i.source() == KERNEL_FUNCTION) {
      return "call kernel-function#" + i.immediate();
    }
    if (i.source() != 0) {
      return "call " + (symbol.isEmpty() ? "pc" + target(slot, i.immediate()) : symbol);
    }
    boolean known = i.immediate() >= 1 && i.immediate() <= Helpers.all().size();
    String name = known ? Helpers.withId(i.immediate()).name().replace('-', '_') : "unknown";
    return "call " + name + "#" + i.immediate();
  }

  private static String wide(Instruction i, Instruction next, String symbol) {
    if (i.opcode() != Opcode.LOAD_WIDE) {
      return packet(i);
    }
    String value =
        symbol.isEmpty()
            ? "0x"
                + Long.toHexString(
                    Integer.toUnsignedLong(i.immediate()) | (long) next.immediate() << 32)
            : symbol;
    return register('r', i.target()) + " = " + value + " ll";
  }

  /** Loads of packets as socket filters had them before BPF was extended. */
  private static String packet(Instruction i) {
    boolean whole = Opcode.width(i.opcode()) != 8;
    String place = "r0 = *(" + width(i.opcode()) + " *)skb[";
    return switch (Opcode.mode(i.opcode())) {
      case Opcode.ABSOLUTE -> whole ? place + i.immediate() + "]" : "";
      case Opcode.INDIRECT ->
          whole ? place + register('r', i.source()) + " + " + i.immediate() + "]" : "";
      default -> "";
    };
  }

  private static String store(Instruction i) {
    String place = memory(width(i.opcode()), i.target(), i.offset());
    String source = register('r', i.source());
    if (Opcode.mode(i.opcode()) != Opcode.ATOMIC) {
      return place + " = " + source;
    }
    String address = place.substring(1);
    switch (i.immediate()) {
      case 0x100 -> {
        String from = memory(width(i.opcode()), i.source(), i.offset()).substring(1);
        return register('r', i.target()) + " = load_acquire(" + from + ")";
      }
      case 0x110 -> {
        return "store_release(" + address + ", " + source + ")";
      }
      default -> {}
    }
    boolean fetch = (i.immediate() & 1) != 0;
    return switch (i.immediate() & ~1) {
      case 0xe0 -> source + " = xchg(" + place + ", " + source + ")";
      case 0xf0 -> "r0 = cmpxchg(" + place + ", r0, " + source + ")";
      case 0x00 -> atomic(place, "+=", source, fetch);
      case 0x40 -> atomic(place, "|=", source, fetch);
      case 0x50 -> atomic(place, "&=", source, fetch);
      case 0xa0 -> atomic(place, "^=", source, fetch);
      default -> "";
    };
  }

  private static String atomic(String place, String operator, String source, boolean fetch) {
    String text = "lock " + place + " " + operator + " " + source;
    return fetch ? source + " = fetch " + text : text;
  }
}

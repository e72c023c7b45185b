package dev.whistler.compiler.table;

import dev.whistler.compiler.kernel.Architecture;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Byte offsets of registers in the kprobe context (appendix C): {@code struct pt_regs} of
 * arch/x86/include/asm/ptrace.h and {@code struct user_pt_regs} of
 * arch/arm64/include/uapi/asm/ptrace.h. All registers are u64.
 */
public final class Registers {
  private static final Map<String, Integer> X86_64 = x86();
  private static final Map<String, Integer> ARM64 = arm();

  private static final List<String> X86_PARAMETERS = List.of("di", "si", "dx", "cx", "r8", "r9");
  private static final List<String> X86_SYSCALL = List.of("di", "si", "dx", "r10", "r8", "r9");

  private Registers() {}

  private static Map<String, Integer> x86() {
    String[] order = {
      "r15", "r14", "r13", "r12", "bp", "bx", "r11", "r10", "r9", "r8", "ax", "cx", "dx", "si",
      "di", "orig-ax", "ip", "cs", "flags", "sp", "ss"
    };
    Map<String, Integer> offsets = new TreeMap<>();
    for (int i = 0; i < order.length; i++) {
      offsets.put(order[i], 8 * i);
    }
    return offsets;
  }

  private static Map<String, Integer> arm() {
    Map<String, Integer> offsets = new TreeMap<>();
    for (int i = 0; i <= 30; i++) {
      offsets.put("x" + i, 8 * i);
    }
    offsets.put("sp", 248);
    offsets.put("pc", 256);
    offsets.put("pstate", 264);
    return offsets;
  }

  private static Map<String, Integer> of(Architecture architecture) {
    return architecture == Architecture.X86_64 ? X86_64 : ARM64;
  }

  /** The offset of a register by the name that {@code (pt-regs NAME)} takes. */
  public static OptionalInt offset(Architecture architecture, String register) {
    Integer offset = of(architecture).get(register);
    return offset == null ? OptionalInt.empty() : OptionalInt.of(offset);
  }

  /** Register names, sorted; for near matches. */
  public static List<String> names(Architecture architecture) {
    return new ArrayList<>(of(architecture).keySet());
  }

  /**
   * The offset that {@code (pt-regs-WHAT)} reads, {@code WHAT} being {@code parm1} to {@code
   * parm8}, {@code ret}, {@code ip}, {@code sp} or {@code fp}; empty where the architecture has
   * none ({@code E-ARCH}).
   */
  public static OptionalInt accessor(Architecture architecture, String what) {
    boolean x86 = architecture == Architecture.X86_64;
    if (what.length() == 5 && what.startsWith("parm")) {
      int index = what.charAt(4) - '1';
      if (index < 0 || index > 7) {
        return OptionalInt.empty();
      }
      if (!x86) {
        return OptionalInt.of(8 * index);
      }
      return index < X86_PARAMETERS.size()
          ? offset(architecture, X86_PARAMETERS.get(index))
          : OptionalInt.empty();
    }
    return switch (what) {
      case "ret" -> offset(architecture, x86 ? "ax" : "x0");
      case "ip" -> offset(architecture, x86 ? "ip" : "pc");
      case "sp" -> offset(architecture, "sp");
      case "fp" -> offset(architecture, x86 ? "bp" : "x29");
      default -> OptionalInt.empty();
    };
  }

  /**
   * The offset of a system call argument in the user's register block.
   *
   * @param number 1 to 6
   */
  public static OptionalInt systemCallParameter(Architecture architecture, int number) {
    if (number < 1 || number > 6) {
      return OptionalInt.empty();
    }
    return architecture == Architecture.X86_64
        ? offset(architecture, X86_SYSCALL.get(number - 1))
        : OptionalInt.of(8 * (number - 1));
  }

  /** Bytes of the register block. */
  public static int size(Architecture architecture) {
    return architecture == Architecture.X86_64 ? 168 : 272;
  }
}

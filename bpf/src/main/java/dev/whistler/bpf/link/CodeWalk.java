package dev.whistler.bpf.link;

import dev.whistler.bpf.link.UserSymbol.Boundary;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Follows x86-64 code from a place at which an instruction begins, the way a processor may: what
 * comes after a jump or a return may be data, and is code only where a branch leads to it. A call
 * is taken to return, but for one into the same code, by which assembly takes the address of data.
 */
final class CodeWalk {
  private final byte[] code;
  private final int wanted;
  private final boolean[] starts;
  private final Deque<Integer> branches = new ArrayDeque<>();
  private boolean inside;

  private CodeWalk(byte[] code, int wanted) {
    this.code = code;
    this.wanted = wanted;
    this.starts = new boolean[code.length];
  }

  /**
   * Whether an instruction begins at a place.
   *
   * @param code from the begin of an instruction on
   * @param wanted the place in it
   * @return INSIDE only if an instruction that can be reached covers the place; START also if the
   *     code before the place is instructions one after another, though nothing is seen to lead
   *     there
   */
  static Boundary boundary(byte[] code, int wanted) {
    if (wanted >= code.length) {
      return Boundary.UNKNOWN;
    }
    CodeWalk walk = new CodeWalk(code, wanted);
    walk.branches.push(0);
    while (!walk.branches.isEmpty()) {
      walk.follow(walk.branches.pop());
    }
    if (walk.inside) {
      return Boundary.INSIDE;
    }
    return walk.starts[wanted] || walk.isReachedInARow() ? Boundary.START : Boundary.UNKNOWN;
  }

  private boolean isReachedInARow() {
    int at = 0;
    while (at < wanted) {
      int length = InstructionLength.of(code, at);
      if (length == 0) {
        return false;
      }
      at += length;
    }
    return at == wanted;
  }

  private void follow(int start) {
    int at = start;
    while (at < code.length && !starts[at]) {
      int length = InstructionLength.of(code, at);
      if (length == 0) {
        return;
      }
      starts[at] = true;
      inside |= at < wanted && wanted < at + length;
      if (!goesOn(at, at + length)) {
        return;
      }
      at += length;
    }
  }

  /** Whether what follows an instruction is code; notes where else it leads. */
  private boolean goesOn(int at, int end) {
    int opcodeAt = at;
    while (isPrefix(code[opcodeAt] & 0xff)) {
      opcodeAt++;
    }
    int opcode = code[opcodeAt] & 0xff;
    // The operand of one that has none is not looked at.
    int second = opcodeAt + 1 < end ? code[opcodeAt + 1] & 0xff : 0;
    return switch (opcode) {
      case 0xeb -> branch(near(end)) && false;
      case 0xe9 -> branch(far(end)) && false;
      case 0xe8 -> {
        int target = far(end);
        boolean own = target > 0 && target < code.length && target != end;
        yield !(own && branch(target));
      }
      case 0xe0, 0xe1, 0xe2, 0xe3 -> branch(near(end));
      // ret, int3, int1, iret, hlt
      case 0xc2, 0xc3, 0xca, 0xcb, 0xcc, 0xf1, 0xcf, 0xf4 -> false;
      // Jumps through a register or memory
      case 0xff -> (second >> 3 & 7) != 4 && (second >> 3 & 7) != 5;
      case 0x0f ->
          // ud2, ud1 and ud0 end
          second >= 0x80 && second < 0x90
              ? branch(far(end))
              : second != 0x0b && second != 0xb9 && second != 0xff;
      default -> opcode < 0x70 || opcode >= 0x80 || branch(near(end));
    };
  }

  private static boolean isPrefix(int b) {
    return switch (b) {
      case 0x66, 0x67, 0xf2, 0xf3, 0xf0, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65 -> true;
      default -> b >> 4 == 4;
    };
  }

  private int near(int end) {
    return end + code[end - 1];
  }

  private int far(int end) {
    return end
        + (code[end - 4] & 0xff
            | (code[end - 3] & 0xff) << 8
            | (code[end - 2] & 0xff) << 16
            | code[end - 1] << 24);
  }

  private boolean branch(int target) {
    if (target >= 0 && target < code.length) {
      branches.push(target);
    }
    return true;
  }
}

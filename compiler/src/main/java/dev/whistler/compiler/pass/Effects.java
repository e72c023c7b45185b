package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.type.Region;
import java.util.Set;

/**
 * What instructions may change, in terms of regions and of the objects that an address is based on.
 * Helpers are classified by their argument codes (appendix E) and by the few lists below; unknown
 * ones may do anything to what they are given.
 */
final class Effects {
  static final int MAP_LOOKUP = 1;
  static final int RESERVE = 131;
  static final int SUBMIT = 132;
  static final int DISCARD = 133;

  /**
   * Helpers that neither change memory that programs see nor maps: clocks, identities, random
   * numbers (ids of enum bpf_func_id, include/uapi/linux/bpf.h).
   */
  private static final Set<Integer> OBSERVERS =
      Set.of(
          1, 4, 5, 6, 7, 8, 14, 15, 16, 17, 35, 80, 112, 113, 114, 115, 118, 123, 125, 131, 132,
          133, 134, 158, 160, 208);

  /** Helpers that fill the whole of their destination, with zeros if they fail. */
  private static final Set<Integer> COMPLETE_WRITERS = Set.of(4, 16, 26, 112, 113);

  /** Helpers that take the context but leave packet and context as they are. */
  private static final Set<Integer> CONTEXT_READERS = Set.of(12, 25, 26, 27, 51, 67, 68, 79, 83);

  /** probe-read-kernel and its form for strings: the context is no more to them than an address. */
  private static final Set<Integer> READS_OF_KERNEL_MEMORY = Set.of(113, 115);

  /** Loads from one kernel object to the next that are followed to the first one. */
  private static final int MOST_LOADS = 16;

  private Effects() {}

  /** The value that an address is computed from, through constant additions. */
  static Value base(Value address) {
    Value current = address;
    while (current.operation() instanceof Operation.Binary b
        && b.operator() == dev.whistler.compiler.tree.Expr.Operator.ADD
        && current.operand(1).constant().isPresent()) {
      current = current.operand(0);
    }
    return current;
  }

  /** The constant distance of an address from its {@link #base}. */
  static long distance(Value address) {
    long total = 0;
    Value current = address;
    while (current.operation() instanceof Operation.Binary b
        && b.operator() == dev.whistler.compiler.tree.Expr.Operator.ADD
        && current.operand(1).constant().isPresent()) {
      total += current.operand(1).constant().getAsLong();
      current = current.operand(0);
    }
    return total + (current.operation() instanceof Operation.StackAddress s ? s.displacement() : 0);
  }

  /** Whether a value is the address of a fresh reservation. */
  static boolean isReservation(Value value) {
    return value.operation() instanceof Operation.Call c && c.helper().id() == RESERVE;
  }

  /** Whether two accesses whose bases differ can never meet. */
  static boolean apart(Value baseA, Value baseB) {
    if (baseA.operation() instanceof Operation.StackAddress a
        && baseB.operation() instanceof Operation.StackAddress b) {
      return a.object() != b.object();
    }
    if (isReservation(baseA) && isReservation(baseB)) {
      return baseA != baseB;
    }
    Region a = region(baseA);
    Region b = region(baseB);
    return a != b && a != Region.UNKNOWN && b != Region.UNKNOWN;
  }

  /**
   * The memory that a base points into, {@link Region#UNKNOWN} if it may be any. That a number is
   * used as the address of a kernel object says nothing about it, since every address is a number:
   * only what the kernel hands out is outside the program's own memory.
   */
  static Region region(Value base) {
    Value current = base;
    for (int i = 0; current.region() == Region.KERNEL; i++) {
      boolean handedOut =
          current.operation() instanceof Operation.ContextLoad
              || current.operation() instanceof Operation.Call;
      if (handedOut) {
        return Region.KERNEL;
      }
      if (i == MOST_LOADS || !(current.operation() instanceof Operation.Load)) {
        return Region.UNKNOWN;
      }
      current = base(current.operand(0));
    }
    return current == base ? base.region() : Region.UNKNOWN;
  }

  /**
   * Whether a helper calls back into the program before it returns. The function may write whatever
   * it finds an address of in what it is given.
   */
  static boolean callsBack(Operation.Call call) {
    return call.helper().parameters().contains("f");
  }

  /**
   * Whether an argument is memory that the helper writes. Its value tells, not its type: a copy of
   * an address is a number that may stand for one object or another.
   */
  static boolean writes(Operation.Call call, int argument) {
    Use use = use(call, argument);
    return use == Use.WRITE || use == Use.BOTH;
  }

  /** Whether a helper leaves maps, map values and global data alone. */
  static boolean observes(Operation.Call call) {
    return OBSERVERS.contains(call.helper().id());
  }

  static boolean writesCompletely(Operation.Call call) {
    return COMPLETE_WRITERS.contains(call.helper().id());
  }

  /** Whether a call may change the packet or the context. */
  static boolean changesContext(Value call) {
    if (call.operation() instanceof Operation.CallRoutine) {
      return true;
    }
    if (!(call.operation() instanceof Operation.Call c)
        || CONTEXT_READERS.contains(c.helper().id())) {
      return false;
    }
    if (callsBack(c)) {
      return true;
    }
    if (READS_OF_KERNEL_MEMORY.contains(c.helper().id())) {
      return false;
    }
    for (int i = 0; i < call.operandCount(); i++) {
      boolean asContext =
          i < c.helper().parameters().size() && c.helper().parameters().get(i).startsWith("c");
      if (asContext || call.operand(i).region() == Region.CONTEXT) {
        return true;
      }
    }
    return false;
  }

  /** How a call uses one of its arguments as an address. */
  enum Use {
    READ,
    WRITE,
    BOTH,
    NONE
  }

  static Use use(Operation.Call call, int argument) {
    if (call.helper().id() == DISCARD) {
      return Use.NONE;
    }
    if (argument >= call.helper().parameters().size()) {
      return Use.BOTH;
    }
    String code = call.helper().parameters().get(argument);
    return switch (code.charAt(0)) {
      case 'k', 'v', 's' -> Use.READ;
      case 'R' -> call.helper().id() == SUBMIT ? Use.READ : Use.BOTH;
      case 'r' -> code.startsWith("rw") ? Use.BOTH : Use.READ;
      case 'w', 'W' -> Use.WRITE;
      case 'm', 'f' -> Use.NONE;
      case 'x' -> Use.READ;
      default -> Use.BOTH;
    };
  }

  /** Bytes that an argument points to, if that is known; -1 otherwise. */
  static int size(Value call, int argument) {
    Operation.Call c = (Operation.Call) call.operation();
    if (argument >= c.helper().parameters().size()) {
      return -1;
    }
    String code = c.helper().parameters().get(argument);
    int digit = code.startsWith("rw") ? 2 : 1;
    if ((code.charAt(0) == 'r' || code.charAt(0) == 'w') && code.length() > digit) {
      if (code.charAt(digit) == '=') {
        return Integer.parseInt(code.substring(digit + 1));
      }
      if (Character.isDigit(code.charAt(digit))) {
        int other = code.charAt(digit) - '1';
        if (other < call.operandCount() && call.operand(other).constant().isPresent()) {
          long size = call.operand(other).constant().getAsLong();
          return size >= 0 && size <= Integer.MAX_VALUE ? (int) size : -1;
        }
      }
    }
    return -1;
  }
}

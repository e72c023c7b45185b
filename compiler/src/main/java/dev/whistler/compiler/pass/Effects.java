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

  private Effects() {}

  /** The value that an address is computed from, through constant additions. */
  static Value base(Value address) {
    Value current = address;
    while (current.operation() instanceof Operation.Binary b
        && b.operator() == dev.whistler.compiler.form.Expr.Operator.ADD
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
        && b.operator() == dev.whistler.compiler.form.Expr.Operator.ADD
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
    Region a = baseA.region();
    Region b = baseB.region();
    return a != b && a != Region.UNKNOWN && b != Region.UNKNOWN;
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
    if (c.helper().id() == 181) {
      return true;
    }
    for (Value argument : call.operands()) {
      if (argument.region() == Region.CONTEXT && c.helper().id() != 113 && c.helper().id() != 115) {
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
      case 'm' -> Use.NONE;
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

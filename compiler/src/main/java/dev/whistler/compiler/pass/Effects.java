package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.table.Helper.Trait;
import dev.whistler.compiler.table.Helpers;
import dev.whistler.compiler.table.Parameter;
import dev.whistler.compiler.type.Region;

/**
 * What instructions may change, in terms of regions and of the objects that an address is based on.
 * Helpers are classified by what they take and by their traits; one without traits may do anything
 * to what it is given.
 */
final class Effects {
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
    return value.operation() instanceof Operation.Call c && c.helper().is(Helpers.RINGBUF_RESERVE);
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
    for (Parameter parameter : call.helper().parameters()) {
      if (parameter instanceof Parameter.Callback) {
        return true;
      }
    }
    return false;
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
    return call.helper().has(Trait.OBSERVES);
  }

  static boolean writesCompletely(Operation.Call call) {
    return call.helper().has(Trait.FILLS);
  }

  /** Whether a call may change the packet or the context. */
  static boolean changesContext(Value call) {
    if (call.operation() instanceof Operation.CallRoutine) {
      return true;
    }
    if (!(call.operation() instanceof Operation.Call c) || c.helper().has(Trait.KEEPS_CONTEXT)) {
      return false;
    }
    if (callsBack(c)) {
      return true;
    }
    if (c.helper().has(Trait.READS_KERNEL)) {
      return false;
    }
    for (int i = 0; i < call.operandCount(); i++) {
      boolean asContext =
          switch (c.helper().parameter(i)) {
            case Parameter.Context _ -> true;
            case Parameter.KernelObject object -> object.orContext();
            case null, default -> false;
          };
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
    if (call.helper().is(Helpers.RINGBUF_DISCARD)) {
      return Use.NONE;
    }
    return switch (call.helper().parameter(argument)) {
      case Parameter.Key _, Parameter.ValueOf _, Parameter.Text _, Parameter.Word _ -> Use.READ;
      case Parameter.Memory memory ->
          switch (memory.access()) {
            case READ -> Use.READ;
            case WRITE -> Use.WRITE;
            case BOTH -> Use.BOTH;
          };
      case Parameter.ValueBytes _ -> Use.WRITE;
      case Parameter.Reservation _ ->
          call.helper().is(Helpers.RINGBUF_SUBMIT) ? Use.READ : Use.BOTH;
      case Parameter.MapOf _, Parameter.Callback _ -> Use.NONE;
      case null, default -> Use.BOTH;
    };
  }

  /** Bytes that an argument points to, if that is known; -1 otherwise. */
  static int size(Value call, int argument) {
    Operation.Call c = (Operation.Call) call.operation();
    if (!(c.helper().parameter(argument) instanceof Parameter.Memory memory)) {
      return -1;
    }
    return switch (memory.size()) {
      case Parameter.Size.Fixed fixed -> fixed.bytes();
      case Parameter.Size.Argument(int index)
          when index < call.operandCount() && call.operand(index).constant().isPresent() -> {
        long size = call.operand(index).constant().getAsLong();
        yield size >= 0 && size <= Integer.MAX_VALUE ? (int) size : -1;
      }
      case Parameter.Size.Argument _, Parameter.Size.Implied _ -> -1;
    };
  }
}

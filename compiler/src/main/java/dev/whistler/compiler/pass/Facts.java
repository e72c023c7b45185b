package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.tree.Words;

/**
 * What is known about each value wherever it is used: bits that are certainly 0 and the largest and
 * smallest value as an unsigned number. Only from how values are made, never from branches.
 */
final class Facts {
  private final long[] zeros;
  private final long[] low;
  private final long[] high;
  private final boolean[] known;

  private final boolean ofVerifier;

  /** What is true. */
  Facts(Routine routine) {
    this(routine, false);
  }

  /**
   * What the kernel's verifier knows, too, from 5.15 on (adjust_scalar_min_max_vals,
   * kernel/bpf/verifier.c).
   */
  static Facts ofVerifier(Routine routine) {
    return new Facts(routine, true);
  }

  private Facts(Routine routine, boolean ofVerifier) {
    this.ofVerifier = ofVerifier;
    // Passes make values while they use the facts; these are looked at one by one.
    int room = routine.valueCount();
    zeros = new long[room];
    low = new long[room];
    high = new long[room];
    known = new boolean[room];
    for (Block block : routine.reversePostOrder()) {
      for (Value phi : block.phis()) {
        learn(phi);
      }
      for (Value value : block.instructions()) {
        learn(value);
      }
    }
  }

  /** Bits that are 0 whenever the value exists. */
  long zeros(Value value) {
    if (value.operation() instanceof Operation.Constant c) {
      return ~c.value();
    }
    return isKnown(value) ? zeros[value.number()] : 0;
  }

  /** Largest value, unsigned. */
  long high(Value value) {
    if (value.operation() instanceof Operation.Constant c) {
      return c.value();
    }
    return isKnown(value) ? high[value.number()] : -1;
  }

  /** Smallest value, unsigned. */
  long low(Value value) {
    if (value.operation() instanceof Operation.Constant c) {
      return c.value();
    }
    return isKnown(value) ? low[value.number()] : 0;
  }

  /** Whether the upper half is 0. */
  boolean isWord32(Value value) {
    return zeros(value) >>> 32 == Words.LOW;
  }

  private boolean isKnown(Value value) {
    return value.number() < known.length && known[value.number()];
  }

  /** Derives what can be said from the operands. */
  void learn(Value value) {
    if (value.number() >= known.length) {
      return;
    }
    int n = value.number();
    long zero = 0;
    long from = 0;
    long to = -1;
    switch (value.operation()) {
      case Operation.Load load -> to = Words.mask(load.width());
      case Operation.ContextLoad load -> to = value.isPointer() ? -1 : Words.mask(load.width());
      case Operation.AtomicAdd add -> to = Words.mask(add.width());
      // The result is an unknown number to verifiers before 6.13.
      case Operation.SwapBytes swap -> to = ofVerifier ? -1 : Words.mask(swap.width());
      case Operation.Below below -> {
        zero = zeros(value.operand(0));
        from = low(value.operand(0));
        to = smaller(high(value.operand(0)), below.limit() - 1);
        from = smaller(from, to);
      }
      case Operation.Compare compare -> to = 1;
      case Operation.Extend extend -> {
        Value operand = value.operand(0);
        long limit = Words.mask(extend.scalar().width());
        if (!extend.scalar().signed()) {
          zero = zeros(operand) | ~limit;
          to = limit;
        } else if (Long.compareUnsigned(high(operand), limit >>> 1) <= 0) {
          zero = zeros(operand);
          from = low(operand);
          to = high(operand);
        }
      }
      case Operation.Phi _ when iterations(value) > 0 -> to = iterations(value) - 1;
      case Operation.Phi _ -> {
        zero = -1;
        from = -1;
        to = 0;
        for (Value operand : value.operands()) {
          if (operand != value) {
            zero &= zeros(operand);
            from = Long.compareUnsigned(low(operand), from) < 0 ? low(operand) : from;
            to = Long.compareUnsigned(high(operand), to) > 0 ? high(operand) : to;
          }
        }
      }
      case Operation.Binary binary -> {
        binary(value, binary);
        return;
      }
      default -> {}
    }
    set(n, zero, from, to);
  }

  /** How often a loop goes round whose counter from 0 on this is; 0 if it is none. */
  private static long iterations(Value phi) {
    Block header = phi.block();
    if (header == null || phi.operandCount() != 2) {
      return 0;
    }
    for (int i = 0; i < 2; i++) {
      Value next = phi.operand(i);
      Value end = header.predecessors().get(i).terminator();
      if (phi.operand(1 - i).isConstant(0)
          && next.operation() instanceof Operation.Binary b
          && b.operator() == Operator.ADD
          && next.operand(0) == phi
          && next.operand(1).isConstant(1)
          && end.operation() instanceof Operation.Branch branch
          && branch.relation() == Relation.NOT_EQUAL
          && end.operand(0) == next
          && end.operand(1).constant().isPresent()
          && header.predecessors().get(i).successors().getFirst() == header) {
        long count = end.operand(1).constant().getAsLong();
        return count > 0 && count <= Integer.MAX_VALUE ? count : 0;
      }
    }
    return 0;
  }

  private static long smaller(long a, long b) {
    return Long.compareUnsigned(a, b) <= 0 ? a : b;
  }

  private void set(int n, long zero, long from, long to) {
    // Bits above the highest bit of the largest value are 0, and the other way round.
    long above = to == 0 ? -1 : ~(-1L >>> Long.numberOfLeadingZeros(to));
    long bits = zero | above;
    zeros[n] = bits;
    high[n] = Long.compareUnsigned(~bits, to) < 0 ? ~bits : to;
    low[n] = from;
    known[n] = true;
  }

  private void binary(Value value, Operation.Binary binary) {
    int n = value.number();
    Value a = value.operand(0);
    Value b = value.operand(1);
    boolean followed =
        binary.operator() != Operator.SHIFT_RIGHT_SIGNED && isWord32(a) && isWord32(b);
    if (binary.narrow() && !followed) {
      long masked =
          binary.operator() == Operator.AND && b.constant().isPresent()
              ? b.constant().getAsLong() & Words.LOW
              : Words.LOW;
      set(n, ~masked, 0, masked);
      return;
    }
    long za = zeros(a);
    long zb = zeros(b);
    long zero = 0;
    long from = 0;
    long to = -1;
    Operator operator = binary.operator();
    boolean byConstant = b.constant().isPresent();
    if (ofVerifier && !operator.isFollowed(byConstant)) {
      set(n, 0, 0, -1);
      return;
    }
    int count = (int) high(b) & (binary.narrow() ? 31 : 63);
    switch (operator) {
      case AND -> zero = za | zb;
      case OR, XOR -> zero = za & zb;
      case ADD -> {
        long sum = high(a) + high(b);
        if (Long.compareUnsigned(sum, high(a)) >= 0) {
          to = sum;
          from = low(a) + low(b);
        }
      }
      case SUBTRACT -> {
        if (Long.compareUnsigned(low(a), high(b)) >= 0) {
          from = low(a) - high(b);
          to = high(a) - low(b);
        }
      }
      case MULTIPLY -> {
        if (high(a) >>> 32 == 0 && high(b) >>> 32 == 0) {
          to = high(a) * high(b);
          from = low(a) * low(b);
        }
      }
      case SHIFT_LEFT -> {
        if (!byConstant) {
          break;
        }
        zero = za << count | (1L << count) - 1;
        if (high(a) << count >>> count == high(a)) {
          to = high(a) << count;
          from = low(a) << count;
        }
      }
      case SHIFT_RIGHT -> {
        if (!byConstant) {
          to = high(a);
          break;
        }
        zero = za >>> count | ~(-1L >>> count);
        to = high(a) >>> count;
        from = low(a) >>> count;
      }
      case SHIFT_RIGHT_SIGNED -> to = high(a) >= 0 ? high(a) : -1;
      // By 0 the one gives 0 and the other the dividend.
      case DIVIDE ->
          to = byConstant ? Folding.binary(Operator.DIVIDE, high(a), high(b), false) : high(a);
      case MODULO -> to = byConstant && high(b) != 0 ? smaller(high(a), high(b) - 1) : high(a);
    }
    if (binary.narrow()) {
      // The same as in 64 bits, if that does not need more than 32.
      boolean fits = to >>> 32 == 0 || zero >>> 32 == Words.LOW;
      set(n, fits ? zero : ~Words.LOW, fits ? from : 0, fits ? to : Words.LOW);
      return;
    }
    set(n, zero, from, to);
  }
}

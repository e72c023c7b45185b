package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.NeededBounds;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Replacements;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.tree.Words;
import dev.whistler.compiler.type.ScalarType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Works on fewer bits where no one sees the others. Comparisons of 32-bit numbers become 32-bit
 * jumps; conversions whose upper bits are never looked at disappear; a conversion to u32 of a
 * result becomes the 32-bit form of the operation (v3 and later).
 *
 * <p>An offset that is compared with a bound keeps its width: the verifier must see the bound on
 * the very register that is added to the pointer.
 */
final class Narrowing implements Pass {
  private final boolean hasNarrow;

  Narrowing(int instructionSet) {
    hasNarrow = instructionSet >= 3;
  }

  @Override
  public String name() {
    return "narrowing";
  }

  @Override
  public boolean run(Routine routine) {
    boolean changed = hasNarrow && narrowBranches(routine);
    long[] wanted = wantedBits(routine);
    changed |= dropConversions(routine, wanted);
    changed |= hasNarrow && narrowOperations(routine);
    return changed;
  }

  // 32-bit jumps

  private static boolean narrowBranches(Routine routine) {
    if (routine.blocks().stream().noneMatch(Narrowing::mayGain)) {
      return false;
    }
    Facts facts = new Facts(routine);
    boolean[] wide = usedWide(routine, facts);
    boolean changed = false;
    for (Block block : routine.blocks()) {
      if (!mayGain(block)) {
        continue;
      }
      Value last = block.terminator();
      Operation.Branch branch = (Operation.Branch) last.operation();
      Value a = last.operand(0);
      Value b = last.operand(1);
      boolean signed = isSigned(branch.relation());
      boolean equality =
          branch.relation() == Relation.EQUAL || branch.relation() == Relation.NOT_EQUAL;
      boolean fits =
          !signed && word(a, facts) && word(b, facts)
              || (signed || equality) && signedWord(a) && signedWord(b);
      boolean worthwhile =
          isConversion(a) && !wide[a.number()] || isConversion(b) && !wide[b.number()] || isLong(b);
      if (fits && worthwhile) {
        last.become(
            new Operation.Branch(branch.relation(), true),
            unconverted(a, wide),
            unconverted(b, wide));
        changed = true;
      }
    }
    return changed;
  }

  /** Whether a block ends in a test that is shorter on 32 bits, if nothing is in the way. */
  private static boolean mayGain(Block block) {
    Value last = block.terminator();
    return last.operation() instanceof Operation.Branch branch
        && !branch.narrow()
        && (isConversion(last.operand(0))
            || isConversion(last.operand(1))
            || isLong(last.operand(1)));
  }

  /** Whether it is a constant that takes an instruction of its own. */
  private static boolean isLong(Value value) {
    return value.operation() instanceof Operation.Constant c && c.value() != (int) c.value();
  }

  private static Value unconverted(Value value, boolean[] wide) {
    return isConversion(value) && !wide[value.number()] ? value.operand(0) : value;
  }

  private static boolean isSigned(Relation relation) {
    return switch (relation) {
      case SIGNED_LESS, SIGNED_LESS_EQUAL, SIGNED_GREATER, SIGNED_GREATER_EQUAL -> true;
      default -> false;
    };
  }

  private static boolean isConversion(Value value) {
    return value.operation() instanceof Operation.Extend e && e.scalar().width() == 4;
  }

  private static boolean word(Value value, Facts facts) {
    return value.constant().isPresent()
        ? value.constant().getAsLong() >>> 32 == 0
        : !value.isPointer() && facts.isWord32(value);
  }

  private static boolean signedWord(Value value) {
    return value.constant().isPresent()
        ? value.constant().getAsLong() == (int) value.constant().getAsLong()
        : value.operation() instanceof Operation.Extend e
            && e.scalar().signed()
            && e.scalar().width() == 4;
  }

  /**
   * Conversions that someone needs with all 64 bits, so that nothing is won by going round them.
   */
  private static boolean[] usedWide(Routine routine, Facts facts) {
    boolean[] wide = new boolean[routine.valueCount()];
    NeededBounds bounds = new NeededBounds(routine);
    for (Block block : routine.blocks()) {
      block.phis().forEach(p -> p.operands().forEach(o -> wide[o.number()] = true));
      for (Value value : block.instructions()) {
        boolean harmless =
            value.operation() instanceof Operation.Store s && s.width() <= 4
                || value.operation() instanceof Operation.Extend e && e.scalar().width() <= 4
                || value.operation() instanceof Operation.Binary b && b.narrow()
                || value.operation() instanceof Operation.Binary m
                    && m.operator() == Operator.AND
                    && value.operand(1).constant().isPresent()
                    && value.operand(1).constant().getAsLong() >>> 32 == 0;
        wide[value.number()] |= bounds.isNeeded(value);
        if (!harmless) {
          value.operands().forEach(o -> wide[o.number()] = true);
        } else if (value.operation() instanceof Operation.Store) {
          wide[value.operand(0).number()] = true;
        }
      }
      Value last = block.terminator();
      boolean narrowable =
          last.operation() instanceof Operation.Branch b
              && (b.narrow()
                  || !isSigned(b.relation())
                      && word(last.operand(0), facts)
                      && word(last.operand(1), facts)
                  || signedWord(last.operand(0))
                      && signedWord(last.operand(1))
                      && (isSigned(b.relation())
                          || b.relation() == Relation.EQUAL
                          || b.relation() == Relation.NOT_EQUAL));
      if (!narrowable) {
        last.operands().forEach(o -> wide[o.number()] = true);
      }
    }
    return wide;
  }

  // Bits that someone looks at

  private static long[] wantedBits(Routine routine) {
    long[] wanted = new long[routine.valueCount()];
    Deque<Value> work = new ArrayDeque<>();
    for (Block block : routine.blocks()) {
      for (Value value : block.instructions()) {
        // A load whose value no one looks at still needs its address as a whole.
        if (value.operation() instanceof Operation.Effect
            || value.operation() instanceof Operation.Load) {
          demandOperands(value, -1, wanted, work);
        }
      }
      demandOperands(block.terminator(), -1, wanted, work);
    }
    while (!work.isEmpty()) {
      Value value = work.pop();
      demandOperands(value, wanted[value.number()], wanted, work);
    }
    return wanted;
  }

  private static void demand(Value value, long bits, long[] wanted, Deque<Value> work) {
    if (value.isLeaf() || (bits & ~wanted[value.number()]) == 0) {
      return;
    }
    wanted[value.number()] |= bits;
    if (!(value.operation() instanceof Operation.Effect)) {
      work.push(value);
    }
  }

  /** All bits up to the highest of a mask: what carries can reach. */
  private static long upTo(long bits) {
    return bits == 0 ? 0 : -1L >>> Long.numberOfLeadingZeros(bits);
  }

  private static void demandAll(Value value, long bits, long[] wanted, Deque<Value> work) {
    for (int i = 0; i < value.operandCount(); i++) {
      demand(value.operand(i), bits, wanted, work);
    }
  }

  private static void demandOperands(Value value, long bits, long[] wanted, Deque<Value> work) {
    switch (value.operation()) {
      case Operation.Store store -> {
        demand(value.operand(0), -1, wanted, work);
        demand(value.operand(1), Words.mask(store.width()), wanted, work);
      }
      case Operation.ContextStore store -> {
        demand(value.operand(0), -1, wanted, work);
        demand(value.operand(1), Words.mask(store.width()), wanted, work);
      }
      case Operation.AtomicAdd add -> {
        demand(value.operand(0), -1, wanted, work);
        demand(value.operand(1), Words.mask(add.width()), wanted, work);
      }
      case Operation.Extend extend ->
          demand(value.operand(0), Words.mask(extend.scalar().width()), wanted, work);
      case Operation.SwapBytes swap ->
          demand(value.operand(0), Words.mask(swap.width()), wanted, work);
      case Operation.Phi phi -> demandAll(value, bits, wanted, work);
      case Operation.Branch branch ->
          demandAll(value, branch.narrow() ? Words.LOW : -1, wanted, work);
      case Operation.Binary binary -> demandBinary(value, binary, bits, wanted, work);
      default -> demandAll(value, -1, wanted, work);
    }
  }

  private static void demandBinary(
      Value value, Operation.Binary binary, long bits, long[] wanted, Deque<Value> work) {
    Value a = value.operand(0);
    Value b = value.operand(1);
    if (value.isPointer() || a.isPointer() || b.isPointer()) {
      demand(a, -1, wanted, work);
      demand(b, -1, wanted, work);
      return;
    }
    if (binary.narrow()) {
      demand(a, Words.LOW, wanted, work);
      demand(b, Words.LOW, wanted, work);
      return;
    }
    switch (binary.operator()) {
      case ADD, SUBTRACT, MULTIPLY -> {
        demand(a, upTo(bits), wanted, work);
        demand(b, upTo(bits), wanted, work);
      }
      case AND -> {
        demand(a, b.constant().isPresent() ? bits & b.constant().getAsLong() : bits, wanted, work);
        demand(b, bits, wanted, work);
      }
      case OR, XOR -> {
        demand(a, bits, wanted, work);
        demand(b, bits, wanted, work);
      }
      case SHIFT_LEFT, SHIFT_RIGHT -> {
        if (b.constant().isPresent()) {
          int count = (int) b.constant().getAsLong() & 63;
          demand(
              a,
              binary.operator() == Operator.SHIFT_LEFT ? bits >>> count : bits << count,
              wanted,
              work);
        } else {
          demand(a, -1, wanted, work);
          demand(b, -1, wanted, work);
        }
      }
      default -> {
        demand(a, -1, wanted, work);
        demand(b, -1, wanted, work);
      }
    }
  }

  private static boolean dropConversions(Routine routine, long[] wanted) {
    Replacements replacements = new Replacements();
    for (Block block : routine.blocks()) {
      List<Value> kept = new ArrayList<>(block.instructions().size());
      for (Value value : block.instructions()) {
        long bits = wanted[value.number()];
        boolean drop =
            switch (value.operation()) {
              case Operation.Extend extend -> (bits & ~Words.mask(extend.scalar().width())) == 0;
              case Operation.Binary binary ->
                  binary.operator() == Operator.AND
                      && !binary.narrow()
                      && value.operand(1).constant().isPresent()
                      && (bits & ~value.operand(1).constant().getAsLong()) == 0;
              default -> false;
            };
        if (drop) {
          replacements.put(value, value.operand(0));
        } else {
          kept.add(value);
        }
      }
      block.setInstructions(kept);
    }
    routine.replaceAll(replacements);
    return !replacements.isEmpty();
  }

  // 32-bit operations

  private static boolean narrowOperations(Routine routine) {
    int[] uses = routine.useCounts();
    Replacements replacements = new Replacements();
    for (Block block : routine.blocks()) {
      List<Value> kept = new ArrayList<>(block.instructions().size());
      for (Value value : block.instructions()) {
        Value operand = value.operandCount() > 0 ? value.operand(0) : value;
        if (value.operation() instanceof Operation.Extend extend
            && extend.scalar() == ScalarType.U32
            && operand.operation() instanceof Operation.Binary binary
            && uses[operand.number()] == 1
            && operand.block() == block
            && lowBitsDependOnLowBits(operand, binary)) {
          if (!binary.narrow()) {
            operand.become(
                new Operation.Binary(binary.operator(), true),
                operand.operand(0),
                operand.operand(1));
          }
          replacements.put(value, operand);
        } else {
          kept.add(value);
        }
      }
      block.setInstructions(kept);
    }
    routine.replaceAll(replacements);
    return !replacements.isEmpty();
  }

  private static boolean lowBitsDependOnLowBits(Value value, Operation.Binary binary) {
    if (value.operand(0).isPointer() || value.operand(1).isPointer()) {
      return false;
    }
    return switch (binary.operator()) {
      case ADD, SUBTRACT, MULTIPLY, AND, OR, XOR -> true;
      case SHIFT_LEFT ->
          value.operand(1).constant().isPresent()
              && value.operand(1).constant().getAsLong() < 32
              && value.operand(1).constant().getAsLong() >= 0;
      default -> binary.narrow();
    };
  }
}

package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.NeededBounds;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Relations;
import dev.whistler.compiler.ir.Replacements;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.tree.Words;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.Stack;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Replaces values by simpler ones, each looked at alone with its operands: constants, identities,
 * conversions of what needs none, constant displacements, comparisons. Pointers are only ever added
 * to.
 */
final class Simplify implements Pass {
  @Override
  public String name() {
    return "simplify";
  }

  @Override
  public boolean run(Routine routine) {
    boolean changed = false;
    // Each round sees the results of the one before; a few reach the end of all chains.
    for (int round = 0; round < 4; round++) {
      if (!new Round(routine).run()) {
        break;
      }
      changed = true;
    }
    return changed;
  }

  private static final class Round {
    private final Routine routine;
    private final Facts facts;

    /** What the verifier knows, for numbers of which it must know something; null until then. */
    private @Nullable Facts visible;

    private final NeededBounds bounds;
    private final Replacements replacements = new Replacements();
    private List<Value> output = new ArrayList<>();
    private boolean changed;

    Round(Routine routine) {
      this.routine = routine;
      this.facts = new Facts(routine);
      this.bounds = new NeededBounds(routine);
    }

    boolean run() {
      for (Block block : routine.reversePostOrder()) {
        for (Value phi : block.phis()) {
          Value same = onlyOperand(phi);
          if (same != null) {
            replace(phi, same);
          }
        }
        output = new ArrayList<>(block.instructions().size());
        for (Value value : block.instructions()) {
          replacements.resolveOperands(value);
          Value simpler = simplify(value);
          if (simpler == null) {
            output.add(value);
          } else {
            replace(value, simpler);
          }
        }
        replacements.resolveOperands(block.terminator());
        branch(block.terminator());
        block.setInstructions(output);
      }
      for (Block block : routine.blocks()) {
        block.retainPhis(v -> !replacements.contains(v));
      }
      routine.replaceAll(replacements);
      return changed || !replacements.isEmpty();
    }

    private void replace(Value value, Value by) {
      replacements.put(value, by);
      bounds.replaced(value, by);
    }

    private @Nullable Value onlyOperand(Value phi) {
      Value only = null;
      for (Value raw : phi.operands()) {
        Value operand = replacements.of(raw);
        if (operand == phi) {
          continue;
        }
        if (only != null && only != operand) {
          return null;
        }
        only = operand;
      }
      return only;
    }

    /** A value that can stand for this one; null if it stays, perhaps changed in place. */
    private @Nullable Value simplify(Value value) {
      return switch (value.operation()) {
        case Operation.Binary binary -> binary(value, binary);
        case Operation.Extend extend -> extend(value, extend);
        case Operation.SwapBytes swap -> swap(value, swap);
        case Operation.Below _ -> value.operand(0).constant().isPresent() ? value.operand(0) : null;
        case Operation.Compare compare ->
            compare(
                value,
                new Test(compare.relation(), compare.narrow(), value.operand(0), value.operand(1)));
        case Operation.Load load -> {
          address(value, load.displacement(), d -> new Operation.Load(load.width(), d));
          yield null;
        }
        case Operation.Store store -> {
          address(value, store.displacement(), d -> new Operation.Store(store.width(), d));
          yield null;
        }
        case Operation.AtomicAdd add -> {
          address(
              value, add.displacement(), d -> new Operation.AtomicAdd(add.width(), d, add.fetch()));
          yield null;
        }
        default -> null;
      };
    }

    /** Takes a constant addition out of the address. */
    private void address(
        Value value, int displacement, java.util.function.IntFunction<Operation> with) {
      Value base = value.operand(0);
      Value inner;
      long total;
      if (base.operation() instanceof Operation.StackAddress s && s.displacement() != 0) {
        inner = routine.leaf(new Operation.StackAddress(s.object(), 0));
        total = (long) displacement + s.displacement();
      } else if (base.operation() instanceof Operation.Binary b
          && b.operator() == Operator.ADD
          && !b.narrow()
          && base.operand(1).operation() instanceof Operation.Constant c) {
        inner = base.operand(0);
        total = displacement + c.value();
      } else {
        return;
      }
      if (total >= Short.MIN_VALUE && total <= Short.MAX_VALUE - 8) {
        Value[] operands = value.operands().toArray(new Value[0]);
        operands[0] = inner;
        value.become(with.apply((int) total), operands);
        changed = true;
      }
    }

    private Value constant(long value) {
      return routine.constant(value);
    }

    /** Becomes another binary operation in place. */
    private @Nullable Value become(Value value, Operator operator, Value a, Value b) {
      value.become(new Operation.Binary(operator, false), a, b);
      facts.learn(value);
      if (visible != null) {
        visible.learn(value);
      }
      changed = true;
      return null;
    }

    /** What a mask must not say again: for a bound that is needed, what the verifier knows. */
    private Facts factsFor(Value value) {
      return bounds.isNeeded(value) ? ofVerifier() : facts;
    }

    private Facts ofVerifier() {
      Facts known = visible;
      if (known == null) {
        known = Facts.ofVerifier(routine);
        visible = known;
      }
      return known;
    }

    /**
     * Whether a value is to be computed from another one, and not from what that was computed from:
     * that one was tested, and this one needs to be bounded by the test.
     */
    private boolean staysApart(Value value, Value operand) {
      return bounds.isNeeded(value) && bounds.isProof(operand);
    }

    private @Nullable Value binary(Value value, Operation.Binary binary) {
      Value a = value.operand(0);
      Value b = value.operand(1);
      Operator operator = binary.operator();
      if (a.constant().isPresent() && b.constant().isPresent()) {
        return constant(
            Folding.binary(
                operator, a.constant().getAsLong(), b.constant().getAsLong(), binary.narrow()));
      }
      if (binary.narrow()) {
        return null;
      }
      if (a.constant().isPresent() && operator.isCommutative()) {
        return become(value, operator, b, a);
      }
      if (a == b && !a.isPointer()) {
        switch (operator) {
          case SUBTRACT, XOR -> {
            return constant(0);
          }
          case AND, OR -> {
            return a;
          }
          default -> {}
        }
      }
      if (b.constant().isEmpty()) {
        return null;
      }
      return withConstant(value, operator, a, b.constant().getAsLong());
    }

    private @Nullable Value withConstant(Value value, Operator operator, Value a, long c) {
      Operation.@Nullable Binary inner =
          a.operation() instanceof Operation.Binary i
                  && !i.narrow()
                  && a.operand(1).constant().isPresent()
                  && !staysApart(value, a)
              ? i
              : null;
      long d = inner == null ? 0 : a.operand(1).constant().getAsLong();
      switch (operator) {
        case ADD -> {
          if (c == 0) {
            return a;
          }
          if (a.operation() instanceof Operation.StackAddress s
              && -Stack.BYTES <= c
              && c <= Stack.BYTES) {
            return routine.leaf(
                new Operation.StackAddress(s.object(), (int) (s.displacement() + c)));
          }
          if (inner != null && inner.operator() == Operator.ADD) {
            return become(value, Operator.ADD, a.operand(0), constant(c + d));
          }
        }
        case SUBTRACT -> {
          return c == 0 ? a : become(value, Operator.ADD, a, constant(-c));
        }
        case MULTIPLY -> {
          if (c == 0 && !a.isPointer()) {
            return constant(0);
          }
          if (c == 1) {
            return a;
          }
          if (Long.bitCount(c) == 1) {
            return become(value, Operator.SHIFT_LEFT, a, constant(Long.numberOfTrailingZeros(c)));
          }
          if (inner != null && inner.operator() == Operator.MULTIPLY) {
            return become(value, Operator.MULTIPLY, a.operand(0), constant(c * d));
          }
        }
        case DIVIDE -> {
          if (c == 0) {
            return constant(0);
          }
          if (c == 1) {
            return a;
          }
          if (Long.bitCount(c) == 1) {
            return become(value, Operator.SHIFT_RIGHT, a, constant(Long.numberOfTrailingZeros(c)));
          }
          if (Long.compareUnsigned(facts.high(a), c) < 0) {
            return constant(0);
          }
        }
        case MODULO -> {
          if (c == 0 || Long.compareUnsigned(factsFor(value).high(a), c) < 0) {
            return a;
          }
          if (Long.bitCount(c) == 1) {
            return become(value, Operator.AND, a, constant(c - 1));
          }
        }
        case AND -> {
          if ((c & ~facts.zeros(a)) == 0) {
            return constant(0);
          }
          if ((~c & ~factsFor(value).zeros(a)) == 0) {
            return a;
          }
          if (c == Words.LOW) {
            value.become(new Operation.Extend(ScalarType.U32), a);
            changed = true;
            return null;
          }
          if (inner != null && inner.operator() == Operator.AND) {
            return become(value, Operator.AND, a.operand(0), constant(c & d));
          }
          // Bits that are 0 anyway may be set or not: choose what fits an immediate.
          if (c != (int) c) {
            long zeros = factsFor(value).zeros(a);
            long smaller = c & ~zeros;
            long larger = c | zeros;
            if (smaller == (int) smaller) {
              return become(value, Operator.AND, a, constant(smaller));
            }
            if (larger == (int) larger) {
              return become(value, Operator.AND, a, constant(larger));
            }
          }
        }
        case OR, XOR -> {
          if (c == 0) {
            return a;
          }
        }
        case SHIFT_LEFT, SHIFT_RIGHT, SHIFT_RIGHT_SIGNED -> {
          int count = (int) c & 63;
          if (count == 0) {
            return a;
          }
          if (operator == Operator.SHIFT_RIGHT && facts.high(a) >>> count == 0) {
            return constant(0);
          }
          if (inner != null
              && inner.operator() == operator
              && operator != Operator.SHIFT_RIGHT_SIGNED) {
            int sum = count + ((int) d & 63);
            return sum > 63 ? constant(0) : become(value, operator, a.operand(0), constant(sum));
          }
          if (count != c) {
            return become(value, operator, a, constant(count));
          }
        }
      }
      return null;
    }

    private @Nullable Value extend(Value value, Operation.Extend extend) {
      Value a = value.operand(0);
      ScalarType scalar = extend.scalar();
      if (a.constant().isPresent()) {
        return constant(scalar.convert(a.constant().getAsLong()));
      }
      long mask = Words.mask(scalar.width());
      long most = scalar.signed() ? mask >>> 1 : mask;
      if (Long.compareUnsigned(factsFor(value).high(a), most) <= 0) {
        return a;
      }
      boolean looksThrough = !staysApart(value, a);
      if (looksThrough && a.operation() instanceof Operation.Extend inner) {
        if (inner.scalar() == scalar
            || scalar.signed()
                && inner.scalar().signed()
                && inner.scalar().width() <= scalar.width()) {
          return a;
        }
        if (inner.scalar().width() >= scalar.width()) {
          value.setOperand(0, a.operand(0));
          changed = true;
          return null;
        }
      }
      if (looksThrough
          && a.operation() instanceof Operation.Binary inner
          && inner.operator() == Operator.AND
          && a.operand(1).constant().isPresent()
          && (a.operand(1).constant().getAsLong() & mask) == mask) {
        value.setOperand(0, a.operand(0));
        changed = true;
        return null;
      }
      if (!scalar.signed() && scalar.width() < 4) {
        return become(value, Operator.AND, a, constant(mask));
      }
      return null;
    }

    private @Nullable Value swap(Value value, Operation.SwapBytes swap) {
      Value a = value.operand(0);
      if (a.constant().isPresent()) {
        return constant(Words.swap(swap.width(), a.constant().getAsLong()));
      }
      long mask = Words.mask(swap.width());
      if (a.operation() instanceof Operation.SwapBytes inner
          && inner.width() == swap.width()
          && (~facts.zeros(a.operand(0)) & ~mask) == 0) {
        return a.operand(0);
      }
      return null;
    }

    // Comparisons

    private @Nullable Value compare(Value value, Test test) {
      Boolean decided = decide(test);
      if (decided != null) {
        return constant(decided ? 1 : 0);
      }
      if (test.relation() == Relation.NOT_EQUAL
          && test.b().isConstant(0)
          && facts.high(test.a()) == 1) {
        return test.a();
      }
      Test simpler = simplify(test);
      if (simpler != null) {
        value.become(simpler.compare(), simpler.a(), simpler.b());
        changed = true;
      }
      return null;
    }

    private void branch(Value terminator) {
      Test test = Test.of(terminator);
      if (test == null) {
        return;
      }
      Boolean decided = decide(test);
      Test simpler =
          decided != null
              ? test.a().isConstant(0) && test.b().isConstant(0)
                  ? null
                  : new Test(
                      decided ? Relation.EQUAL : Relation.NOT_EQUAL,
                      false,
                      constant(0),
                      constant(0))
              : simplify(test);
      if (simpler != null) {
        terminator.become(simpler.branch(), simpler.a(), simpler.b());
        changed = true;
      }
    }

    private @Nullable Boolean decide(Test test) {
      Value a = test.a();
      Value b = test.b();
      Boolean folded = test.folded();
      if (folded != null) {
        return folded;
      }
      // A test that the verifier needs is only left out where the verifier knows as much.
      boolean proof = bounds.isNeededItself(a) || bounds.isNeededItself(b);
      Facts facts = proof ? ofVerifier() : this.facts;
      boolean fits = !test.narrow() || facts.isWord32(a) && facts.isWord32(b);
      if (a == b) {
        return switch (test.relation()) {
          case EQUAL, LESS_EQUAL, GREATER_EQUAL, SIGNED_LESS_EQUAL, SIGNED_GREATER_EQUAL -> true;
          default -> false;
        };
      }
      if (!fits || a.isPointer() || b.isPointer()) {
        return null;
      }
      boolean below = Long.compareUnsigned(facts.high(a), facts.low(b)) < 0;
      boolean above = Long.compareUnsigned(facts.low(a), facts.high(b)) > 0;
      boolean notAbove = Long.compareUnsigned(facts.high(a), facts.low(b)) <= 0;
      boolean notBelow = Long.compareUnsigned(facts.low(a), facts.high(b)) >= 0;
      boolean disjoint =
          b.constant().isPresent() && (b.constant().getAsLong() & facts.zeros(a)) != 0;
      return switch (test.relation()) {
        case EQUAL -> below || above || disjoint ? Boolean.FALSE : null;
        case NOT_EQUAL -> below || above || disjoint ? Boolean.TRUE : null;
        case LESS -> below ? Boolean.TRUE : notBelow ? Boolean.FALSE : null;
        case LESS_EQUAL -> notAbove ? Boolean.TRUE : above ? Boolean.FALSE : null;
        case GREATER -> above ? Boolean.TRUE : notAbove ? Boolean.FALSE : null;
        case GREATER_EQUAL -> notBelow ? Boolean.TRUE : below ? Boolean.FALSE : null;
        default -> null;
      };
    }

    private @Nullable Test simplify(Test test) {
      Value a = test.a();
      Value b = test.b();
      Relation relation = test.relation();
      if (a.constant().isPresent()) {
        return test.swapped();
      }
      if (test.narrow()) {
        return null;
      }
      if (b.constant().isPresent()) {
        return withConstant(relation, a, b.constant().getAsLong());
      }
      if (test.isEquality()
          && a.operation() instanceof Operation.SwapBytes x
          && b.operation() instanceof Operation.SwapBytes y
          && x.width() == y.width()
          && !bounds.isNeeded(a)
          && !bounds.isNeeded(b)
          && fits(a.operand(0), x.width())
          && fits(b.operand(0), x.width())) {
        return new Test(relation, false, a.operand(0), b.operand(0));
      }
      return null;
    }

    private boolean fits(Value value, int width) {
      return width == 8 || facts.zeros(value) >>> 8 * width == -1L >>> 8 * width;
    }

    private @Nullable Test withConstant(Relation relation, Value a, long c) {
      switch (relation) {
        case LESS -> {
          if (c == 1) {
            return new Test(Relation.EQUAL, false, a, constant(0));
          }
        }
        case GREATER_EQUAL -> {
          if (c == 1) {
            return new Test(Relation.NOT_EQUAL, false, a, constant(0));
          }
        }
        case LESS_EQUAL -> {
          if (c == 0) {
            return new Test(Relation.EQUAL, false, a, constant(0));
          }
        }
        case GREATER -> {
          if (c == 0) {
            return new Test(Relation.NOT_EQUAL, false, a, constant(0));
          }
        }
        case EQUAL, NOT_EQUAL -> {
          return equality(relation, a, c);
        }
        default -> {}
      }
      return null;
    }

    private @Nullable Test equality(Relation relation, Value a, long c) {
      if (bounds.isNeeded(a)) {
        return null;
      }
      if (a.operation() instanceof Operation.Compare inner && (c == 0 || c == 1)) {
        boolean same = (c == 1) == (relation == Relation.EQUAL);
        return new Test(
            same ? inner.relation() : Relations.inverse(inner.relation()),
            inner.narrow(),
            a.operand(0),
            a.operand(1));
      }
      if (a.operation() instanceof Operation.SwapBytes swap && fits(a.operand(0), swap.width())) {
        return new Test(relation, false, a.operand(0), constant(Words.swap(swap.width(), c)));
      }
      if (a.operation() instanceof Operation.Extend extend
          && extend.scalar().signed()
          && fits(a.operand(0), extend.scalar().width())
          && extend.scalar().convert(c) == c) {
        long mask = Words.mask(extend.scalar().width());
        return new Test(relation, false, a.operand(0), constant(c & mask));
      }
      if (a.operation() instanceof Operation.Binary inner
          && !inner.narrow()
          && !a.isPointer()
          && a.operand(1).constant().isPresent()) {
        long d = a.operand(1).constant().getAsLong();
        if (inner.operator() == Operator.ADD && !a.operand(0).isPointer()) {
          return new Test(relation, false, a.operand(0), constant(c - d));
        }
        if (inner.operator() == Operator.XOR) {
          return new Test(relation, false, a.operand(0), constant(c ^ d));
        }
        if (inner.operator() == Operator.SHIFT_RIGHT && c == 0 && 1L << d == (int) (1L << d)) {
          return new Test(
              relation == Relation.EQUAL ? Relation.LESS : Relation.GREATER_EQUAL,
              false,
              a.operand(0),
              constant(1L << d));
        }
      }
      return null;
    }
  }
}

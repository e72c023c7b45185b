package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Relations;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.tree.Words;
import dev.whistler.compiler.type.Region;
import org.jspecify.annotations.Nullable;

/**
 * A comparison of two values, as a branch makes it or as a way out of a branch tells it. Its width
 * is part of it: what is asked of the low 32 bits says little about all 64, and the other way
 * round, so passes ask {@link #decides} instead of comparing relations.
 *
 * @param narrow whether only the low 32 bits of both values are compared
 */
record Test(Relation relation, boolean narrow, Value a, Value b) {
  /** The comparison that a branch or {@code compare} makes; null for anything else. */
  static @Nullable Test of(Value value) {
    return switch (value.operation()) {
      case Operation.Branch branch ->
          new Test(branch.relation(), branch.narrow(), value.operand(0), value.operand(1));
      case Operation.Compare compare ->
          new Test(compare.relation(), compare.narrow(), value.operand(0), value.operand(1));
      default -> null;
    };
  }

  /** What holds on the edge from one block to another; null if the edge says nothing. */
  static @Nullable Test onEdge(Block from, Block to) {
    Value last = from.terminator();
    if (!(last.operation() instanceof Operation.Branch)
        || from.successors().getFirst() == from.successors().getLast()) {
      return null;
    }
    Test test = of(last);
    return test == null || from.successors().getFirst() == to ? test : test.inverse();
  }

  /** What the only way into a block tells; null if there are several, or it says nothing. */
  static @Nullable Test into(Block block) {
    return block.predecessors().size() == 1 ? onEdge(block.predecessors().getFirst(), block) : null;
  }

  /** The comparison that holds exactly when this one does not. */
  Test inverse() {
    return new Test(Relations.inverse(relation), narrow, a, b);
  }

  /** The same comparison with its operands in the other order. */
  Test swapped() {
    return new Test(Relations.swapped(relation), narrow, b, a);
  }

  /** The same question about other values. */
  Test about(Value left, Value right) {
    return new Test(relation, narrow, left, right);
  }

  Operation.Branch branch() {
    return new Operation.Branch(relation, narrow);
  }

  Operation.Compare compare() {
    return new Operation.Compare(relation, narrow);
  }

  boolean isEquality() {
    return relation == Relation.EQUAL || relation == Relation.NOT_EQUAL;
  }

  /** The answer if it is the same in every run, else null. */
  @Nullable Boolean folded() {
    if (a.constant().isPresent() && b.constant().isPresent()) {
      return Folding.compare(relation, a.constant().getAsLong(), b.constant().getAsLong(), narrow);
    }
    if (narrow || !b.isConstant(0) || !isAddress(a)) {
      return null;
    }
    return switch (relation) {
      case EQUAL, LESS_EQUAL -> false;
      case NOT_EQUAL, GREATER -> true;
      default -> null;
    };
  }

  /**
   * Whether a value is an address of stack, maps or data, or one where the packet begins or ends or
   * something is added to that: none is 0, since the kernel bounds what may be added.
   */
  private static boolean isAddress(Value value) {
    Value at = Effects.base(value);
    if (at.isLeaf()) {
      return at.constant().isEmpty();
    }
    while (at.isPointer()
        && at.region() == Region.PACKET
        && at.operation() instanceof Operation.Binary sum
        && sum.operator() == Operator.ADD) {
      at = at.operand(at.operand(0).isPointer() ? 0 : 1);
    }
    return at.operation() instanceof Operation.ContextLoad && at.region() == Region.PACKET;
  }

  /** The answer to another question where this one holds; null if it may be either. */
  @Nullable Boolean decides(Test asked) {
    Boolean decided = bySameOperands(asked);
    if (decided == null && a == asked.b && b == asked.a) {
      decided = bySameOperands(asked.swapped());
    }
    if (decided == null) {
      decided = byConstant(asked);
    }
    return decided == null ? byLength(asked) : decided;
  }

  private @Nullable Boolean bySameOperands(Test asked) {
    if (a != asked.a || b != asked.b) {
      return null;
    }
    // Equal words have equal halves, and different halves make different words. No more than that.
    boolean carriesOver =
        narrow == asked.narrow
            || (narrow ? relation == Relation.NOT_EQUAL : relation == Relation.EQUAL);
    if (!carriesOver) {
      return null;
    }
    if (implies(relation, asked.relation)) {
      return true;
    }
    return implies(relation, Relations.inverse(asked.relation)) ? Boolean.FALSE : null;
  }

  /** Whether one relation of the same operands, at the same width, includes the other. */
  private static boolean implies(Relation known, Relation wanted) {
    if (known == wanted) {
      return true;
    }
    return switch (known) {
      case EQUAL ->
          wanted == Relation.LESS_EQUAL
              || wanted == Relation.GREATER_EQUAL
              || wanted == Relation.SIGNED_LESS_EQUAL
              || wanted == Relation.SIGNED_GREATER_EQUAL;
      case LESS -> wanted == Relation.LESS_EQUAL || wanted == Relation.NOT_EQUAL;
      case GREATER -> wanted == Relation.GREATER_EQUAL || wanted == Relation.NOT_EQUAL;
      case SIGNED_LESS -> wanted == Relation.SIGNED_LESS_EQUAL || wanted == Relation.NOT_EQUAL;
      case SIGNED_GREATER ->
          wanted == Relation.SIGNED_GREATER_EQUAL || wanted == Relation.NOT_EQUAL;
      default -> false;
    };
  }

  /**
   * Equality with one constant decides every comparison with another; any comparison decides
   * equality with the constants for which it does not hold.
   */
  private @Nullable Boolean byConstant(Test asked) {
    if (a != asked.a || b.constant().isEmpty() || asked.b.constant().isEmpty()) {
      return null;
    }
    // Of a word that is known as a whole the low half is known too; not the other way round.
    long known = b.constant().getAsLong();
    long other = asked.b.constant().getAsLong();
    if (relation == Relation.EQUAL && (!narrow || asked.narrow)) {
      return Folding.compare(asked.relation, known, other, asked.narrow);
    }
    // Whoever equals the constant as a whole equals it in the low half; not the other way round.
    if (asked.isEquality()
        && (narrow || !asked.narrow)
        && !Folding.compare(relation, other, known, narrow)) {
      return asked.relation == Relation.NOT_EQUAL;
    }
    return narrow == asked.narrow ? byRange(asked) : null;
  }

  /** A range of words lies in another one, or outside of it, in the order that both tests ask. */
  private @Nullable Boolean byRange(Test asked) {
    Range known = Range.of(this);
    Range other = Range.of(asked);
    if (known == null || other == null || known.signed() != other.signed()) {
      return null;
    }
    if (known.isIn(other)) {
      return true;
    }
    return known.isApartFrom(other) ? Boolean.FALSE : null;
  }

  /**
   * The words for which a comparison with a constant holds.
   *
   * @param first in the order of unsigned numbers; of a signed comparison with the sign turned
   *     round
   */
  private record Range(boolean signed, long first, long last) {
    /** Null for equality, which asks for no order, and where no word is meant. */
    static @Nullable Range of(Test test) {
      long all = test.narrow ? Words.LOW : -1L;
      boolean signed =
          switch (test.relation) {
            case SIGNED_LESS, SIGNED_LESS_EQUAL, SIGNED_GREATER, SIGNED_GREATER_EQUAL -> true;
            default -> false;
          };
      long sign = all ^ all >>> 1;
      long bound = (test.b.constant().orElseThrow() ^ (signed ? sign : 0)) & all;
      return switch (test.relation) {
        case LESS, SIGNED_LESS -> bound == 0 ? null : new Range(signed, 0, bound - 1);
        case LESS_EQUAL, SIGNED_LESS_EQUAL -> new Range(signed, 0, bound);
        case GREATER, SIGNED_GREATER -> bound == all ? null : new Range(signed, bound + 1, all);
        case GREATER_EQUAL, SIGNED_GREATER_EQUAL -> new Range(signed, bound, all);
        case EQUAL, NOT_EQUAL -> null;
      };
    }

    boolean isIn(Range other) {
      return Long.compareUnsigned(first, other.first) >= 0
          && Long.compareUnsigned(last, other.last) <= 0;
    }

    boolean isApartFrom(Range other) {
      return Long.compareUnsigned(first, other.last) > 0
          || Long.compareUnsigned(last, other.first) < 0;
    }
  }

  /**
   * With {@code p + long <= end} known, {@code p + short <= end} holds too: the sums cannot
   * overflow, since the kernel bounds what may be added to a packet pointer.
   */
  private @Nullable Boolean byLength(Test asked) {
    if (narrow
        || asked.narrow
        || b != asked.b
        || relation != Relation.LESS_EQUAL
        || !b.isPointer()
        || !asked.a.isPointer()
        || Effects.base(a) != Effects.base(asked.a)) {
      return null;
    }
    long shorter = Effects.distance(asked.a);
    long longer = Effects.distance(a);
    if (shorter < 0 || shorter > longer || longer > 0xffff) {
      return null;
    }
    return switch (asked.relation) {
      case GREATER -> false;
      case LESS_EQUAL -> true;
      default -> null;
    };
  }
}

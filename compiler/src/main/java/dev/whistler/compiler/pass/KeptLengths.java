package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.Dominators;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.type.Region;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A packet's length that was checked under a condition is checked again where the same condition
 * holds once more. The program is right without that, since whoever comes there has passed the
 * first check; but the kernel's verifier forgets at the join between that the two go together, and
 * would refuse the access.
 *
 * <pre>
 * if proto == 6 and data + 54 &gt; end: return       if proto == 6 and data + 54 &gt; end: return
 * …                                         becomes  …
 * if proto == 6: load data + 47                      if proto == 6 and data + 54 &lt;= end: load …
 * </pre>
 *
 * <p>{@link Threading} does without the second check where nothing stands between.
 */
final class KeptLengths implements Pass {
  /** Checks that are made again in one routine. */
  private static final int MOST_CHECKS = 16;

  /** Accesses that lack a check and are looked at. */
  private static final int MOST_ACCESSES = 64;

  /** Joins looked at above a condition, and ways into each. */
  private static final int MOST_JOINS = 8;

  @Override
  public String name() {
    return "kept-lengths";
  }

  @Override
  public boolean run(Routine routine) {
    int made = 0;
    while (made < MOST_CHECKS && new Search(routine.dominators()).improve(routine)) {
      made++;
    }
    return made > 0;
  }

  /** The bytes of a packet that an instruction needs, from a base on. */
  private record Access(Block block, Value base, long end) {}

  /** A length that is known on all ways to a place: {@code base + length <= limit}. */
  private record Length(long length, Value limit) {}

  private static final class Search {
    private final Dominators dominators;
    private int looked;

    Search(Dominators dominators) {
      this.dominators = dominators;
    }

    /** Makes one check again; false if none is missing that could be. */
    boolean improve(Routine routine) {
      for (Block block : dominators.order()) {
        for (Value value : block.instructions()) {
          Access access = access(value, block);
          if (access != null
              && looked < MOST_ACCESSES
              && !isChecked(access)
              && check(routine, access)) {
            return true;
          }
        }
      }
      return false;
    }

    private static @Nullable Access access(Value value, Block block) {
      long end =
          switch (value.operation()) {
            case Operation.Load load -> (long) load.displacement() + load.width();
            case Operation.Store store -> (long) store.displacement() + store.width();
            case Operation.AtomicAdd add -> (long) add.displacement() + add.width();
            default -> -1;
          };
      if (end < 0) {
        return null;
      }
      Value base = Effects.base(value.operand(0));
      return base.region() == Region.PACKET
          ? new Access(block, base, Effects.distance(value.operand(0)) + end)
          : null;
    }

    private boolean isChecked(Access access) {
      return length(access.block(), access) != null;
    }

    /** The length that the tests on all ways to a block's start say, if it is enough. */
    private @Nullable Length length(Block block, Access access) {
      Block at = block;
      for (int i = 0; at != null && i < KnownBranches.MOST_TESTS; i++) {
        Test test = Test.into(at);
        Length length = test == null ? null : length(test, access);
        if (length != null) {
          return length;
        }
        at = dominators.parent(at);
      }
      return null;
    }

    private static @Nullable Length length(Test test, Access access) {
      Test upright =
          test.relation() == Relation.GREATER || test.relation() == Relation.GREATER_EQUAL
              ? test.swapped()
              : test;
      boolean below =
          upright.relation() == Relation.LESS || upright.relation() == Relation.LESS_EQUAL;
      if (!below
          || test.narrow()
          || upright.b().region() != Region.PACKET
          || Effects.base(upright.a()) != access.base()) {
        return null;
      }
      long length = Effects.distance(upright.a());
      return length >= access.end() && length <= 0xffff ? new Length(length, upright.b()) : null;
    }

    /** Looks for a condition on the way to an access that goes together with a check. */
    private boolean check(Routine routine, Access access) {
      looked++;
      Block at = access.block();
      for (int i = 0; at != null && i < KnownBranches.MOST_TESTS; i++) {
        Test condition = Test.into(at);
        if (condition != null) {
          Block from = at.predecessors().getFirst();
          Length length = implied(from, condition, access);
          if (length != null && reaches(length.limit(), from)) {
            insert(routine, from, at, access.base(), length);
            return true;
          }
        }
        at = dominators.parent(at);
      }
      return false;
    }

    private boolean reaches(Value value, Block block) {
      Block at = value.block();
      return value.isLeaf() || at != null && dominators.dominates(at, block);
    }

    /** The length that a condition at the end of a block implies. */
    private @Nullable Length implied(Block block, Test condition, Access access) {
      Block at = block;
      int joins = 0;
      for (int i = 0; at != null && joins < MOST_JOINS && i < KnownBranches.MOST_TESTS; i++) {
        int ways = at.predecessors().size();
        if (ways > 1 && ways <= MOST_JOINS) {
          joins++;
          Length length = impliedAt(at, condition, access);
          if (length != null) {
            return length;
          }
        }
        at = dominators.parent(at);
      }
      return null;
    }

    /** The shortest length on the ways into a join on which the condition can hold. */
    private @Nullable Length impliedAt(Block join, Test condition, Access access) {
      Length shortest = null;
      for (int i = 0; i < join.predecessors().size(); i++) {
        Block from = join.predecessors().get(i);
        if (dominators.dominates(join, from)) {
          return null; // A loop: values of this round and of the one before have the same names.
        }
        Test asked =
            condition.about(incoming(join, condition.a(), i), incoming(join, condition.b(), i));
        if (Boolean.FALSE.equals(answer(from, join, asked))) {
          continue;
        }
        Test last = Test.onEdge(from, join);
        Length length = last == null ? null : length(last, access);
        if (length == null) {
          length = length(from, access);
        }
        if (length == null) {
          return null;
        }
        shortest = shortest == null || length.length() < shortest.length() ? length : shortest;
      }
      return shortest;
    }

    private static Value incoming(Block join, Value value, int edge) {
      return value.isPhi() && value.block() == join ? value.operand(edge) : value;
    }

    private @Nullable Boolean answer(Block from, Block join, Test asked) {
      Boolean folded = asked.folded();
      if (folded != null) {
        return folded;
      }
      Test last = Test.onEdge(from, join);
      Boolean decided = last == null ? null : last.decides(asked);
      Block at = from;
      for (int i = 0; decided == null && at != null && i < KnownBranches.MOST_TESTS; i++) {
        Test known = Test.into(at);
        decided = known == null ? null : known.decides(asked);
        at = dominators.parent(at);
      }
      return decided;
    }

    /** Puts the check between a branch and the block that it alone leads to. */
    private static void insert(Routine routine, Block from, Block to, Value base, Length length) {
      int index = from.successors().indexOf(to);
      Block other = from.successors().get(1 - index);
      int outgoing = from.edge(1 - index);
      List<Value> here = to.phis().stream().map(p -> p.operand(0)).toList();
      List<Value> there = other.phis().stream().map(p -> p.operand(outgoing)).toList();
      Value last = from.terminator();
      Block check = routine.newBlock();
      from.redirect(index, check);
      Value end =
          routine.newValue(
              new Operation.Binary(Operator.ADD, false),
              base.type(),
              last.origin(),
              base,
              routine.constant(length.length()));
      check.append(end);
      check.terminate(
          routine.newValue(
              new Operation.Branch(Relation.LESS_EQUAL, false),
              last.type(),
              last.origin(),
              end,
              length.limit()),
          to,
          other);
      for (int i = 0; i < here.size(); i++) {
        to.completePhi(to.phis().get(i), here.get(i));
      }
      for (int i = 0; i < there.size(); i++) {
        other.completePhi(other.phis().get(i), there.get(i));
      }
    }
  }
}

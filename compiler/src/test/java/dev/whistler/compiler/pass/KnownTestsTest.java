package dev.whistler.compiler.pass;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.emit.Tree;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.type.ScalarType;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What one comparison decides of another, tried with words at which they may go apart. */
class KnownTestsTest {
  private static final long[] WORDS = words();

  private final Routine routine = new Routine("r", true, 0, OptionalLong.empty(), Tree.HERE);
  private final Value x = parameter(0);
  private final Value y = parameter(1);

  private Value parameter(int index) {
    return routine.newValue(new Operation.Parameter(index), ScalarType.U64, Tree.HERE);
  }

  /** Small words, their negatives, and both with another upper half. */
  private static long[] words() {
    List<Long> words = new ArrayList<>();
    for (long base : new long[] {0, 5, Integer.MAX_VALUE, 0xffffffffL, Long.MAX_VALUE}) {
      for (long near = base - 1; near != base + 2; near++) {
        words.add(near);
        words.add(-near);
        words.add(near + (1L << 32));
      }
    }
    return words.stream().distinct().mapToLong(w -> w).toArray();
  }

  private static List<dev.whistler.compiler.pass.Test> tests(Value a, Value b) {
    List<dev.whistler.compiler.pass.Test> tests = new ArrayList<>();
    for (Relation relation : Relation.values()) {
      tests.add(new dev.whistler.compiler.pass.Test(relation, false, a, b));
      tests.add(new dev.whistler.compiler.pass.Test(relation, true, a, b));
    }
    return tests;
  }

  private static boolean holds(dev.whistler.compiler.pass.Test test, long a, long b) {
    return Folding.compare(test.relation(), a, b, test.narrow());
  }

  @Test
  void ofTheSameOperands() {
    for (var known : tests(x, y)) {
      for (var asked : tests(x, y)) {
        Boolean decided = known.decides(asked);
        assertThat(known.swapped().decides(asked)).isEqualTo(decided);
        for (long a : WORDS) {
          for (long b : WORDS) {
            if (decided != null && holds(known, a, b)) {
              assertThat(holds(asked, a, b)).as("%s, %s", known, asked).isEqualTo(decided);
            }
          }
        }
      }
    }
  }

  @Test
  void ofOneWordAndTwoConstants() {
    for (long c : WORDS) {
      for (var known : tests(x, routine.constant(c))) {
        for (long d : WORDS) {
          for (var asked : tests(x, routine.constant(d))) {
            Boolean decided = known.decides(asked);
            for (long a : WORDS) {
              if (decided != null && holds(known, a, c) && holds(asked, a, d) != decided) {
                throw new AssertionError(
                    "%s decides %s as %s, but not for %d".formatted(known, asked, decided, a));
              }
            }
          }
        }
      }
    }
  }

  @Test
  void whatAnInequalityRulesOut() {
    var above = new dev.whistler.compiler.pass.Test(Relation.GREATER, false, x, constant(17));
    var other = new dev.whistler.compiler.pass.Test(Relation.NOT_EQUAL, false, x, constant(6));
    var six = new dev.whistler.compiler.pass.Test(Relation.EQUAL, false, x, constant(6));
    var lowSix = new dev.whistler.compiler.pass.Test(Relation.EQUAL, true, x, constant(6));

    assertThat(above.decides(six)).isFalse();
    assertThat(other.decides(six)).isFalse();
    assertThat(other.decides(lowSix)).isNull();
    assertThat(lowSix.inverse().decides(six)).isFalse();
    assertThat(lowSix.decides(six)).isNull();
    assertThat(six.decides(lowSix)).isTrue();
  }

  @Test
  void whatARangeTells() {
    var belowTen = test(Relation.LESS, false, 10);

    assertThat(belowTen.decides(test(Relation.LESS, false, 20))).isTrue();
    assertThat(belowTen.decides(test(Relation.LESS_EQUAL, false, 9))).isTrue();
    assertThat(belowTen.decides(test(Relation.LESS_EQUAL, false, 8))).isNull();
    assertThat(belowTen.decides(test(Relation.GREATER, false, 9))).isFalse();
    assertThat(belowTen.decides(test(Relation.LESS, true, 20))).as("of the low half").isNull();
    assertThat(belowTen.decides(test(Relation.SIGNED_LESS, false, 20)))
        .as("in another order")
        .isNull();
    assertThat(test(Relation.SIGNED_LESS, true, -5).decides(test(Relation.SIGNED_LESS, true, 3)))
        .isTrue();
    assertThat(test(Relation.SIGNED_GREATER, true, 7).decides(test(Relation.SIGNED_LESS, true, -1)))
        .isFalse();
  }

  private dev.whistler.compiler.pass.Test test(Relation relation, boolean narrow, long c) {
    return new dev.whistler.compiler.pass.Test(relation, narrow, x, constant(c));
  }

  private Value constant(long value) {
    return routine.constant(value);
  }
}

package dev.whistler.compiler.emit;

import static dev.whistler.compiler.emit.Tree.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Local;
import dev.whistler.compiler.type.ScalarType;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What loops in loops become: copies, loops that the verifier walks through, helper calls. */
class NestedLoopsTest {
  private final Local d = packetLocal();
  private final Local sum = local("s");
  private final Local outer = local("i", ScalarType.U32);
  private final Local inner = local("j", ScalarType.U32);

  /** Adds up i xor j: not known before it runs, since the sum starts with a byte of the packet. */
  private Expr sumOver(long outerCount, long innerCount) {
    Expr add = assign(sum, add(read(sum), binary(Expr.Operator.XOR, read(outer), read(inner))));
    return packet(
        d,
        64,
        let(
            sum,
            load(ScalarType.U8, read(d), 0),
            repeat(outer, outerCount, repeat(inner, innerCount, add)),
            read(sum)));
  }

  @BeforeAll
  static void needsKernel() {
    KernelRunner.needsRoot();
  }

  @ParameterizedTest
  @CsvSource({"3, 4", "8, 30", "100, 100", "1000, 1000", "5, 300000", "300000, 5"})
  void eachShapeLoadsAndRepeatsAsOftenAsItSays(int outerCount, int innerCount) {
    long expected = 0;
    for (int i = 0; i < outerCount; i++) {
      for (int j = 0; j < innerCount; j++) {
        expected += i ^ j;
      }
    }
    try (KernelRunner runner =
        new KernelRunner(
            unit(List.of(), sumOver(outerCount, innerCount)), KernelRunner.options(3, Set.of()))) {
      assertThat(runner.run()).isEqualTo((int) expected);
    }
  }

  @Test
  void copiesOfALoopInALoopStaySmall() {
    try (KernelRunner runner =
        new KernelRunner(unit(List.of(), sumOver(64, 64)), KernelRunner.options(3, Set.of()))) {
      assertThat(runner.code().functions().getFirst().code()).hasSizeLessThan(600);
    }
  }
}

package dev.whistler.compiler.emit;

import static dev.whistler.compiler.emit.Tree.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.tree.Local;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.MapType;
import dev.whistler.compiler.type.ScalarType;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Typed trees, run in the kernel. The packet has 64 bytes, byte i = i. */
class ExecutionTest {
  private static final MapDefinition M8 = map("m8", MapType.HASH, 8, 8, 16);
  private static final MapDefinition A4 = map("a4", MapType.ARRAY, 4, 8, 8);

  private final Local d = packetLocal();

  private Expr byteAt(int index) {
    return load(ScalarType.U8, read(d), index);
  }

  private int run(Expr body) {
    int result = 0;
    for (int set = 1; set <= 4; set++) {
      int now = run(body, set);
      assertThat(set == 1 || now == result).as("instruction set v" + set).isTrue();
      result = now;
    }
    return result;
  }

  private int run(Expr body, int instructionSet) {
    CompilationOptions options = KernelRunner.options(instructionSet, java.util.Set.of());
    try (KernelRunner runner =
        new KernelRunner(unit(List.of(M8, A4), packet(d, 64, body)), options)) {
      return runner.run();
    }
  }

  @BeforeAll
  static void needsKernel() {
    KernelRunner.needsRoot();
  }

  @Test
  void arithmetic() {
    assertThat(run(number(7))).isEqualTo(7);
    assertThat(
            run(
                binary(
                    Operator.SHIFT_RIGHT,
                    binary(
                        Operator.MULTIPLY,
                        load(ScalarType.U32, read(d), 0),
                        load(ScalarType.U32, read(d), 4)),
                    number(32))))
        .isEqualTo(1384482);
    assertThat(
            run(
                binary(
                    Operator.SHIFT_RIGHT_SIGNED,
                    binary(Operator.SUBTRACT, byteAt(0), number(8)),
                    number(1))))
        .isEqualTo(-4);
    assertThat(
            run(
                add(
                    binary(Operator.DIVIDE, byteAt(9), byteAt(0)),
                    binary(Operator.MODULO, byteAt(9), byteAt(0)))))
        .isEqualTo(9);
  }

  @Test
  void conversions() {
    assertThat(run(convert(ScalarType.U8, number(300)))).isEqualTo(44);
    assertThat(
            run(
                compare(
                    Relation.SIGNED_LESS,
                    convert(ScalarType.I8, add(byteAt(0), number(200))),
                    number(0))))
        .isEqualTo(1);
    assertThat(run(convert(ScalarType.U32, binary(Operator.SUBTRACT, byteAt(0), number(1)))))
        .isEqualTo(-1);
    assertThat(run(new Expr.SwapBytes(ScalarType.U32, load(ScalarType.U32, read(d), 60), HERE)))
        .isEqualTo(1010646591);
  }

  @Test
  void logarithms() {
    Expr shifted = binary(Operator.SHIFT_LEFT, byteAt(1), add(byteAt(20), byteAt(20)));
    assertThat(run(new Expr.Log2(shifted, HERE))).isEqualTo(40);
    assertThat(run(new Expr.Log2(byteAt(0), HERE))).isEqualTo(0);
    assertThat(run(new Expr.Log2(byteAt(63), HERE))).isEqualTo(5);
    assertThat(run(new Expr.Log2(binary(Operator.SUBTRACT, byteAt(0), byteAt(1)), HERE)))
        .isEqualTo(63);
  }

  @Test
  void loops() {
    Local s = local("s");
    Local i = local("i", ScalarType.U32);
    for (int count : new int[] {0, 1, 3, 10, 100, 1000, 100_000}) {
      Expr body = let(s, byteAt(0), repeat(i, count, assign(s, add(read(s), read(i)))), read(s));
      assertThat(run(body)).isEqualTo((int) ((long) count * (count - 1) / 2));
    }
  }

  @Test
  void kernelLoops() {
    Local s = local("s");
    Local i = local("i", ScalarType.U32);
    Expr sum =
        let(
            s,
            byteAt(0),
            new Expr.KernelLoop(i, number(1000), assign(s, add(read(s), read(i))), HERE),
            read(s));
    assertThat(run(sum)).isEqualTo(499500);
    Expr returns =
        sequence(
            new Expr.KernelLoop(
                i,
                number(1000),
                when(compare(Relation.EQUAL, read(i), number(17)), ret(add(read(i), byteAt(5)))),
                HERE),
            number(1));
    assertThat(run(returns)).isEqualTo(22);
    Expr exits =
        new Expr.KernelLoop(
            i,
            number(1000),
            when(compare(Relation.EQUAL, read(i), number(17)), new Expr.LoopExit(HERE)),
            HERE);
    assertThat(run(exits)).isEqualTo(18);
  }

  @Test
  void conditionals() {
    Local t = local("t");
    assertThat(run(let(t, byteAt(0), choose(read(t), read(t), byteAt(7))))).isEqualTo(7);
    assertThat(run(choose(byteAt(1), byteAt(2), number(0)))).isEqualTo(2);
    assertThat(run(choose(choose(byteAt(1), byteAt(0), number(0)), number(5), number(6))))
        .isEqualTo(6);
    assertThat(run(compare(Relation.GREATER, byteAt(3), byteAt(2)))).isEqualTo(1);
  }

  @Test
  void maps() {
    Local p = local("p", lookup(M8, number(5)).type());
    assertThat(
            run(
                sequence(
                    update(M8, number(5), number(9)),
                    let(
                        p,
                        lookup(M8, byteAt(5)),
                        choose(read(p), load(ScalarType.U64, read(p), 0), number(0))))))
        .isEqualTo(9);
  }

  @Test
  void manyValuesAtOnce() {
    Expr sum = number(0);
    Local[] locals = new Local[24];
    for (int i = 0; i < locals.length; i++) {
      locals[i] = local("v" + i);
      sum = add(binary(Operator.MULTIPLY, sum, number(3)), read(locals[i]));
    }
    Expr body = sequence(call("ktime-get-ns", ScalarType.U64), sum);
    int expected = 0;
    for (int i = 0; i < locals.length; i++) {
      expected = expected * 3 + i;
    }
    for (int i = locals.length - 1; i >= 0; i--) {
      body = let(locals[i], byteAt(i), body);
    }
    assertThat(run(body)).isEqualTo(expected);
  }

  @Test
  void jumpsReachOverLongBodies() {
    Local x = local("x");
    Expr[] forms = new Expr[20_000];
    for (int i = 0; i < forms.length; i++) {
      forms[i] = assign(x, add(binary(Operator.MULTIPLY, read(x), number(3)), number(i)));
    }
    long expected = 1;
    for (int i = 0; i < forms.length; i++) {
      expected = expected * 3 + i;
    }
    Expr skipped = let(x, number(7), when(byteAt(0), sequence(forms)), read(x));
    Expr done = let(x, byteAt(1), when(byteAt(1), sequence(forms)), read(x));
    for (int set : new int[] {3, 4}) {
      assertThat(run(skipped, set)).isEqualTo(7);
      assertThat(run(done, set)).isEqualTo((int) expected);
    }
  }
}

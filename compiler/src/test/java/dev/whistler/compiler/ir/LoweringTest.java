package dev.whistler.compiler.ir;

import static dev.whistler.compiler.emit.Tree.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.table.Sections;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.tree.Local;
import dev.whistler.compiler.tree.TypedFunction;
import dev.whistler.compiler.tree.TypedProgram;
import dev.whistler.compiler.tree.TypedUnit;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.MapType;
import dev.whistler.compiler.type.ScalarType;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What typed trees become before any pass has seen them: the text of small routines. */
class LoweringTest {
  private static final MapDefinition M = map("m", MapType.HASH, 4, 8, 16);

  private final Local x = local("x");
  private final Local i = local("i", ScalarType.U32);

  /** A number that is not known before the program runs. */
  private static Expr random() {
    return call("get-prandom-u32", ScalarType.U32);
  }

  private static String lowered(Expr body) {
    return lowered(unit(List.of(M), body));
  }

  private static String lowered(TypedUnit unit) {
    List<Routine> routines = Lowering.lower(unit).routines();
    routines.forEach(Verifier::check);
    return routines.stream().map(Routine::toString).collect(Collectors.joining());
  }

  @Test
  void aProgramBeginsWithItsContextAndReturnsItsLastForm() {
    assertThat(lowered(number(7)))
        .isEqualTo(
            """
            p0/1
            b0:
              v0 = parameter 0
              return 7
            """);
  }

  @Test
  void variablesAreNoMoreThanNamesForValues() {
    assertThat(lowered(let(x, random(), assign(x, add(read(x), number(1))), read(x))))
        .isEqualTo(
            """
            p0/1
            b0:
              v0 = parameter 0
              v1 = call get-prandom-u32\s
              v4 = add v1, 1
              return v4
            """);
  }

  @Test
  void aVariableWithAnAddressLivesOnTheStack() {
    x.setInMemory();
    assertThat(lowered(let(x, random(), assign(x, number(1)), read(x))))
        .contains("store64 [&stack0] v1")
        .contains("store64 [&stack0] 1")
        .contains("v7 = load64 [&stack0]\n  return v7");
  }

  @Test
  void aConditionalIsBranchesWhoseValuesMeetInAPhi() {
    assertThat(lowered(choose(random(), number(5), number(6))))
        .isEqualTo(
            """
            p0/1
            b0:
              v0 = parameter 0
              v1 = call get-prandom-u32\s
              branch not-equal v1, 0 -> b1, b2
            b1:  ; from b0
              jump -> b3
            b2:  ; from b0
              jump -> b3
            b3:  ; from b1, b2
              v8 = phi 5, 6
              return v8
            """);
  }

  @Test
  void aVariableThatOneArmAssignsHasAPhiToo() {
    assertThat(
            lowered(let(x, number(1), choose(random(), assign(x, number(2)), number(0)), read(x))))
        .contains("b3:  ; from b1, b2\n  v8 = phi 2, 1\n")
        .endsWith("return v8\n");
  }

  @Test
  void aTestOfATestBranchesOnce() {
    Expr both = choose(compare(Relation.LESS, random(), number(9)), random(), number(0));
    String text = lowered(choose(both, number(5), number(6)));
    // The 0 of the other arm is never made: that way leads where 0 leads.
    assertThat(text)
        .contains("branch less v1, 9 -> b4, b5")
        .contains("b5:  ; from b0\n  jump -> b2");
  }

  @Test
  void nothingFollowsAReturn() {
    assertThat(lowered(sequence(ret(number(3)), random(), number(4))))
        .isEqualTo("p0/1\nb0:\n  v0 = parameter 0\n  return 3\n");
    assertThat(lowered(sequence(when(random(), ret(number(3))), number(4))))
        .contains("b1:  ; from b0\n  return 3\n")
        .contains("b3:  ; from b2\n  return 4\n");
  }

  @Test
  void aProgramThatOnlyObservesReturnsItsConstantOnEachWay() {
    Expr body = sequence(when(random(), ret(number(3))), number(4));
    assertThat(lowered(unit(List.of(), OptionalLong.of(2), body)))
        .contains("b1:  ; from b0\n  return 2\n")
        .contains("b3:  ; from b2\n  return 2\n");
  }

  private Expr sum(Expr loop) {
    return let(x, number(0), loop, read(x));
  }

  private Expr addIndex() {
    return assign(x, add(read(x), read(i)));
  }

  @Test
  void aShortLoopIsCopiedOut() {
    assertThat(lowered(sum(repeat(i, 3, addIndex()))))
        .isEqualTo(
            """
            p0/1
            b0:
              v0 = parameter 0
              v3 = add 0, 1
              v5 = add v3, 2
              return v5
            """);
  }

  /** 7 iterations of 8 accesses, each with a test of its index that no copy needs. */
  @Test
  void whatIsANumberInEachCopyIsNoWork() {
    Local block = local("s");
    Local index = local("index");
    Expr access =
        let(
            index,
            add(read(i), number(1)),
            choose(
                compare(Relation.LESS, read(index), number(8)),
                assign(
                    x,
                    add(
                        read(x),
                        load(
                            ScalarType.U64,
                            add(
                                read(block),
                                binary(
                                    Operator.MULTIPLY, new Expr.Below(read(index), 8), number(8))),
                            0))),
                number(0)));
    Expr body = sequence(Collections.nCopies(8, access).toArray(Expr[]::new));
    assertThat(lowered(let(block, block(64), sum(repeat(i, 7, body)))))
        .contains("add 6, 1")
        .doesNotContain("branch not-equal");
  }

  @Test
  void aLongerLoopCarriesItsVariablesAndCounts() {
    assertThat(lowered(sum(repeat(i, 1000, addIndex()))))
        .isEqualTo(
            """
            p0/1
            b0:
              v0 = parameter 0
              jump -> b1
            b1:  ; from b0, b1
              v3 = phi 0, v5
              v4 = phi 0, v7
              v5 = add v3, v4
              v7 = add v4, 1
              branch not-equal v7, 1000 -> b1, b2
            b2:  ; from b1
              return v5
            """);
  }

  @Test
  void aLoopThatTheVerifierWouldNotWalkThroughIsARoutineOfItsOwn() {
    // The frame: how the loop ended, the value of a return in it, then x.
    assertThat(lowered(sum(repeat(i, 1_000_000, addIndex()))))
        .isEqualTo(
            """
            p0/1
            b0:
              v0 = parameter 0
              store64 [&stack0] 0
              store64 [&stack0+16] 0
              v7 = call loop 1000000, &p0__loop1, &stack0, 0
              v8 = load64 [&stack0+16]
              return v8
            p0__loop1/2
            b0:
              v0 = parameter 0
              v1 = parameter 1
              v2 = load64 [v1+16]
              v3 = add v2, v0
              store64 [v1+16] v3
              return 0
            """);
  }

  @Test
  void leavingALoopOfTheHelperIsAResultOfOne() {
    Expr body =
        sequence(
            when(compare(Relation.EQUAL, read(i), number(5)), new Expr.LoopExit(HERE)), addIndex());
    assertThat(lowered(sum(new Expr.KernelLoop(i, number(9), body, HERE))))
        .contains(
            "branch equal v0, 5 -> b1, b2\nb1:  ; from b0\n  store64 [v1+16] v2\n  return 1\n");
  }

  @Test
  void keysAndValuesOfMapsStandInSlots() {
    assertThat(lowered(sequence(update(M, random(), number(9)), number(0))))
        .isEqualTo(
            """
            p0/1
            b0:
              v0 = parameter 0
              v2 = call get-prandom-u32\s
              store32 [&stack0] v2
              store64 [&stack1] 9
              v9 = call map-update-elem map:m, &stack0, &stack1, 0
              v10 = extend i32 v9
              return 0
            """);
  }

  @Test
  void aSignedLoadIsALoadAndAnExtension() {
    assertThat(lowered(load(ScalarType.I16, block(8), 2)))
        .contains("zero &stack0 0..8\n  v4 = load16 [&stack0+2]\n  v5 = extend i16 v4\n");
  }

  @Test
  void anAccessToTheStackThatIsNotAlignedIsDoneInPieces() {
    assertThat(lowered(store(ScalarType.U32, block(8), 2, random())))
        .contains("store16 [&stack0+2] v4\n  v7 = shift-right v4, 16\n  store16 [&stack0+4] v7\n");
  }

  /** A program that calls a function of {@code x} twice. */
  private TypedUnit callingTwice(Expr body) {
    TypedFunction function = new TypedFunction("f", "f", List.of(x), HERE);
    function.setBody(body);
    Expr first = new Expr.CallFunction(function, List.of(number(1)), ScalarType.U64, HERE);
    Expr second = new Expr.CallFunction(function, List.of(first), ScalarType.U64, HERE);
    TypedProgram program =
        new TypedProgram(
            "p",
            "p",
            Sections.resolve("xdp").orElseThrow(),
            "GPL",
            false,
            second,
            OptionalLong.empty(),
            HERE);
    return new TypedUnit(
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        null,
        List.of(),
        List.of(program),
        List.of(function),
        List.of(),
        Map.of(),
        Map.of(),
        List.of());
  }

  @Test
  void aSmallFunctionStandsWhereItIsCalled() {
    assertThat(lowered(callingTwice(binary(Operator.MULTIPLY, read(x), number(31)))))
        .contains("v3 = multiply 1, 31")
        .contains("v5 = multiply v3, 31")
        .doesNotContain("call");
  }

  @Test
  void aLargerFunctionThatIsCalledTwiceIsARoutine() {
    Expr body = read(x);
    for (int n = 0; n < 20; n++) {
      body = binary(Operator.MULTIPLY, body, number(31));
    }
    assertThat(lowered(callingTwice(body)))
        .startsWith(
            """
            p/1
            b0:
              v0 = parameter 0
              v2 = call f 1
              v3 = call f v2
              return v3
            f/1
            b0:
              v0 = parameter 0
              v2 = multiply v0, 31
            """);
  }
}

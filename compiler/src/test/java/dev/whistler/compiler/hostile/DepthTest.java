package dev.whistler.compiler.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.Budget;
import dev.whistler.compiler.CompilationOptions;
import dev.whistler.compiler.CompilationRequest;
import dev.whistler.compiler.CompilationResult;
import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.diagnostic.Diagnostic;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.source.SourceText;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What nests by its operands, clauses or bindings has a bound with a place in the source; that the
 * stack ends is only caught as a last resort, which has no place.
 */
class DepthTest {
  private static String repeat(int n, IntFunction<String> part) {
    return IntStream.range(0, n).mapToObj(part).collect(Collectors.joining(" "));
  }

  /** The body begins on the second line. */
  private static String program(String body) {
    return "(defprog p (:type :xdp)\n" + body + ")";
  }

  static Stream<Arguments> deep() {
    Stream.Builder<Arguments> all = Stream.builder();
    for (int n : List.of(590, 1_000, 20_000)) {
      for (String operator : List.of("+", "-", "*", "logand", "logior", "logxor", "and", "or")) {
        String operands = repeat(n, i -> "(get-prandom-u32)");
        all.add(Arguments.of(operator, n, program("(" + operator + " " + operands + ")")));
      }
      all.add(
          Arguments.of(
              "cond",
              n,
              program(
                  "(let ((x (get-prandom-u32))) (cond "
                      + repeat(n, i -> "((= x " + i + ") " + i + ")")
                      + "))")));
      all.add(
          Arguments.of(
              "case",
              n,
              program("(case (get-prandom-u32) " + repeat(n, i -> "(" + i + " " + i + ")") + ")")));
      all.add(
          Arguments.of(
              "when-let",
              n,
              program("(when-let (" + repeat(n, i -> "(x" + i + " (get-prandom-u32))") + ") 1)")));
    }
    for (int n : List.of(190, 380)) {
      for (String open :
          List.of("(dotimes (i 2) ", "(bpf-loop (i 3) ", "(or 0 ", "(let* ((x 1)) ")) {
        all.add(
            Arguments.of(open, n, program(open.repeat(n) + "(get-prandom-u32)" + ")".repeat(n))));
      }
    }
    return all.build();
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("deep")
  void endsAtABoundWithAPlace(String name, int count, String source) {
    CompilationResult result =
        Compiler.compile(
            new CompilationRequest(
                List.of(new SourceText("deep.w", source)),
                Architecture.X86_64,
                null,
                Map.of(),
                CompilationOptions.defaults(),
                Budget.UNLIMITED));
    assertThat(result.diagnostics().stream().map(Diagnostic::message))
        .noneMatch(text -> text.contains("too many operands or nested parts"));
    if (count > 600) {
      assertThat(result.diagnostics())
          .anySatisfy(
              diagnostic -> {
                assertThat(diagnostic.code()).isEqualTo(Code.E_LIMIT);
                assertThat(diagnostic.range().startLine()).isGreaterThan(1);
              });
    }
  }
}

package dev.whistler.compiler.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.diagnostic.Diagnostic;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.source.SourceText;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every recursion of the compiler has a bound of its own, with a place in the source; that the
 * stack ends is only caught as a last resort, which has no place.
 */
class DepthTest {
  /** What the JVM gives a thread where nobody asks for more. */
  private static final int STACK = 1 << 20;

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
      for (String open : List.of("(let (", "(let* (")) {
        all.add(
            Arguments.of(
                open,
                n,
                program(open + repeat(n, i -> "(x" + i + " (get-prandom-u32))") + ") 1)")));
      }
      all.add(
          Arguments.of(
              "cond of tests alone",
              n,
              program("(cond " + repeat(n, i -> "((get-prandom-u32))") + ")")));
      if (n < 10_000) {
        all.add(Arguments.of("functions", n, functions(n, "(+ 1 (f%1$d x))")));
        all.add(Arguments.of("functions twice", n, functions(n, TWICE)));
        all.add(
            Arguments.of(
                "functions from the innermost",
                n,
                functions(n, "(+ 1 (f%1$d x))")
                    .replace("(f" + n + " 1)", repeat(n, i -> "(f" + i + " 1)"))));
        all.add(
            Arguments.of(
                "symbol macros",
                n,
                "(define-symbol-macro s0 1)\n"
                    + repeat(n, i -> "(define-symbol-macro s" + (i + 1) + " (+ 1 s" + i + "))")
                    + program("s" + n)));
        all.add(
            Arguments.of(
                "macros",
                n,
                "(defmacro m (n) (if (= n 0) 1 `(+ 1 (m ,(- n 1)))))\n"
                    + program("(m " + n + ")")));
      }
    }
    for (int n : List.of(190, 380)) {
      for (String open :
          List.of(
              "(dotimes (i 2) ",
              "(bpf-loop (i 3) ",
              "(or 0 ",
              "(let* ((x 1)) ",
              "(let ((x (get-prandom-u32))) (setq x 3) ",
              "(if (get-prandom-u32) 1 ",
              "(+ (get-prandom-u32) ",
              "(and (get-prandom-u32) ",
              "(when (> (get-prandom-u32) 3) ",
              "(when-let ((x (get-prandom-u32))) ",
              "(progn (case (get-prandom-u32) (1 0)) ")) {
        all.add(
            Arguments.of(open, n, program(open.repeat(n) + "(get-prandom-u32)" + ")".repeat(n))));
      }
    }
    return all.build();
  }

  /** Two passes of each function, and two calls of the next one. */
  private static final String TWICE = "(let ((y 0)) (stack-addr y) (+ (f%1$d x) (f%1$d y)))";

  private static String functions(int n, String body) {
    return "(defun f0 (x) x)\n"
        + repeat(n, i -> "(defun f" + (i + 1) + " (x) " + String.format(Locale.ROOT, body, i) + ")")
        + program("(f" + n + " 1)");
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("deep")
  void endsAtABoundWithAPlace(String name, int count, String source) throws Exception {
    CompilationResult result = compile(source);
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

  @Test
  void manyKeysOfAClauseDoNotNest() throws Exception {
    String keys = repeat(3_000, i -> "" + 3 * i);
    CompilationResult result =
        compile(program("(case (get-prandom-u32) ((" + keys + ") 1) (t 2))"));
    assertThat(result.diagnostics()).isEmpty();
    assertThat(result.object()).isPresent();
  }

  @Test
  void moreKeysThanThatAreTooMany() throws Exception {
    String keys = repeat(4_097, i -> "" + i);
    assertThat(compile(program("(case (get-prandom-u32) ((" + keys + ") 1))")).diagnostics())
        .singleElement()
        .satisfies(
            diagnostic -> {
              assertThat(diagnostic.code()).isEqualTo(Code.E_LIMIT);
              assertThat(diagnostic.message()).contains("4096 keys");
            });
  }

  /** It was analyzed again at each call in each pass: some ten functions took minutes. */
  @Test
  void aFunctionThatFailsIsAnalyzedOnce() throws Exception {
    CompilationResult result =
        compile(functions(40, TWICE).replace("(defun f0 (x) x)", "(defun f0 (x) (no-such x))"));
    assertThat(result.diagnostics()).singleElement().returns(Code.E_UNKNOWN, Diagnostic::code);
  }

  @Test
  void aWarningInAFunctionStaysIfItsCallerIsAnalyzedAgain() throws Exception {
    CompilationResult result =
        compile(
            functions(2, TWICE)
                .replace("(defun f0 (x) x)", "(defun f0 (x) (when (> x 3) (return 5)) x)"));
    assertThat(result.diagnostics()).singleElement().returns(Code.W_RETURN, Diagnostic::code);
  }

  private static CompilationResult compile(String source) throws Exception {
    FutureTask<CompilationResult> task =
        new FutureTask<>(
            () ->
                Compiler.compile(
                    CompilationRequest.of(Architecture.X86_64, new SourceText("deep.w", source))));
    Thread thread = new Thread(null, task, "deep", STACK);
    thread.setDaemon(true);
    thread.start();
    return task.get(3, TimeUnit.MINUTES);
  }
}

package dev.whistler.compiler.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.diagnostic.Diagnostic;
import dev.whistler.compiler.form.SampleKernel;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.source.SourceText;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole compilations of sources made to use up time or memory. Each ends, with an object or with
 * the reason why not, within a second of processor time, and allocates a bounded amount. What
 * reaches the macro stage only is in {@code MacroBombTest}.
 */
class HostileUnitsTest {
  private static final long MAX_CPU_MILLIS = 1_000;

  /** Allocated in all, not held at once: an upper bound of the second. */
  private static final long MAX_ALLOCATED = 1L << 30;

  private static String repeat(int n, java.util.function.IntFunction<String> part) {
    return IntStream.range(0, n).mapToObj(part).collect(Collectors.joining(" "));
  }

  private static String nest(int n, String open, String middle, String close) {
    return open.repeat(n) + middle + close.repeat(n);
  }

  private static String program(String body) {
    return "(defprog p (:type :xdp) " + body + ")";
  }

  private static Arguments of(String name, String source) {
    return Arguments.of(name, source);
  }

  static Stream<Arguments> readerTricks() {
    return Stream.of(
        of("nothing", ""),
        of("open parentheses", "(".repeat(500_000)),
        of("closed parentheses", ")".repeat(500_000)),
        of("quotes", "'".repeat(500_000)),
        of("backquotes", "`".repeat(400_000) + "x"),
        of("commas", "(quote " + ",@".repeat(200_000) + "x)"),
        of("nested comments", "#|".repeat(300_000)),
        of("an open string", "(defprog p () \"" + "a".repeat(900_000)),
        of("one long symbol", program("a".repeat(900_000))),
        of("a huge integer", program("1".repeat(900_000))),
        of("a huge hexadecimal integer", program("#x" + "f".repeat(900_000))),
        of("a huge radix integer", program("#36r" + "z".repeat(900_000))),
        of("more than the text may have", " ".repeat(1_100_000)),
        of("blank lines", "\n".repeat(1_000_000)),
        of("feature conditions", "#+(not ".repeat(100_000)),
        of("feature conditions side by side", "#+a ".repeat(200_000) + "b"),
        of("vectors", "#(".repeat(300_000)),
        of("characters", "#\\".repeat(300_000)),
        of("dots", program("(a" + " . b".repeat(100_000) + ")")),
        of("confusable letters", program("(\u0455etf x 1)")),
        of("a right-to-left override", program("(+ 1 \u202e2)")),
        of("unpaired surrogates", program("\ud800\udc00\ud800")),
        of("read-time evaluation", "#.".repeat(300_000) + "1"),
        of("labels", "#1=(#1#)"),
        of("empty lists", "() ".repeat(200_000)),
        of("tokens", program(repeat(300_000, i -> "1"))));
  }

  static Stream<Arguments> definitions() {
    return Stream.of(
        of("many constants", repeat(9_900, i -> "(defconstant c" + i + " " + i + ")")),
        of(
            "constants that refer to each other",
            "(defconstant c0 1)"
                + repeat(3_000, i -> "(defconstant c%d (+ c%d c%d))".formatted(i + 1, i, i))
                + program("c3000")),
        of("many structs", repeat(600, i -> "(defstruct s" + i + " (a u64))")),
        of("many fields", "(defstruct s " + repeat(5_000, i -> "(f" + i + " u8)") + ")"),
        of(
            "structs that double",
            "(defstruct s0 (a u64))"
                + repeat(60, i -> "(defstruct s%d (a s%d) (b s%d))".formatted(i + 1, i, i))),
        of(
            "structs of many fields",
            repeat(500, i -> "(defstruct s" + i + " " + repeat(200, j -> "(f" + j + " u8)") + ")")),
        of("a struct of itself", "(defstruct s (a s))"),
        of("many maps", repeat(3_000, i -> map("m" + i))),
        of("maps of nearly one name", repeat(3_000, i -> map("x".repeat(100) + i))),
        of(
            "a map of huge size",
            "(defmap m :type :hash :key-size 4 :value-size 4 :max-entries "
                + "99999999999999999999999)"),
        of("many options", "(defmap m " + repeat(50_000, i -> ":o" + i + " 1") + ")"),
        of("many programs", repeat(3_000, i -> "(defprog p" + i + " (:type :xdp) 1)")),
        of("programs of one name", repeat(3_000, i -> "(defprog p (:type :xdp) 1)")),
        of("unknown top-level forms", repeat(9_000, i -> "(unknown-form-" + i + " 1)")),
        of(
            "a union of everything",
            repeat(300, i -> "(defstruct s" + i + " (a u64))")
                + "(defunion u "
                + repeat(300, i -> "s" + i)
                + ")"
                + program("1")),
        of(
            "many enumerators",
            "(defstruct s (a u32 :as (enum " + repeat(50_000, i -> "(" + i + " \"l\")") + ")))"),
        of("many tracepoints", repeat(5_000, i -> "(deftracepoint sched/sched-switc" + i + ")")),
        of(
            "many tracepoint fields",
            "(deftracepoint sched/sched-switch " + repeat(50_000, i -> "next-pid" + i) + ")"),
        of("many knobs", repeat(5_000, i -> "(defknob k" + i + " u32 1)")),
        of("long documentation", "(defstruct s (a u32 :doc \"" + "d".repeat(17_000) + "\"))"),
        of("a section of strange form", "(defprog p (:section \"" + "/".repeat(16_000) + "\") 1)"),
        of(
            "functions that call the next",
            "(defun f2000 (x) x)"
                + repeat(2_000, i -> "(defun f%d (x) (f%d x))".formatted(i, i + 1))
                + program("(f0 1)")),
        of(
            "functions that call the next twice",
            "(defun f40 (x) (+ x 1))"
                + repeat(40, i -> "(defun f%d (x) (+ (f%d x) (f%d x)))".formatted(i, i + 1, i + 1))
                + program("(f0 1)")));
  }

  private static String map(String name) {
    return "(defmap " + name + " :type :array :key-size 4 :value-size 4 :max-entries 1)";
  }

  static Stream<Arguments> bodies() {
    return Stream.of(
        of("deep arithmetic", program(nest(390, "(+ 1 ", "(get-prandom-u32)", ")"))),
        of("too deep arithmetic", program(nest(3_000, "(+ 1 ", "1", ")"))),
        of("deep conditions", program(nest(380, "(if (get-prandom-u32) 1 ", "2", ")"))),
        of("deep conditions in tests", program(nest(380, "(if ", "(get-prandom-u32)", " 1 2)"))),
        of("deep bindings", program(nest(190, "(let ((x (get-prandom-u32))) ", "x", ")"))),
        of("deep bindings in values", program(nest(120, "(let ((x ", "1", ")) (+ x x))"))),
        of("deep sequences", program(nest(390, "(progn ", "1", ")"))),
        of("deep casts", program(nest(390, "(cast u8 ", "(get-prandom-u32)", ")"))),
        of("deep exits", program(nest(190, "(block b ", "(return-from b 1)", ")"))),
        of("loops in loops", program(nest(60, "(dotimes (i 8388608) ", "1", ")"))),
        of(
            "loops that count",
            program("(let ((x 0)) " + nest(60, "(dotimes (i 64) (incf x) ", "x", ")") + ")")),
        of(
            "assignments in loops",
            program(
                "(let ((a 1) (b 2) (c 3) (d 4)) "
                    + nest(40, "(dotimes (i 9) (setf a b b c c d d a) ", "1", ")")
                    + ")")),
        of(
            "types that widen step by step",
            program(
                "(let ("
                    + repeat(200, i -> "(v" + i + " 0)")
                    + ") (dotimes (i 9) "
                    + repeat(199, i -> "(setf v%d v%d)".formatted(i, i + 1))
                    + " (setf v199 (get-prandom-u32))) v0)")),
        of("many operands", program("(+ " + repeat(100_000, i -> "1") + ")")),
        of(
            "many operands that run",
            program("(+ " + repeat(4_000, i -> "(get-prandom-u32)") + ")")),
        of("many comparisons", program("(and " + repeat(4_000, i -> "(get-prandom-u32)") + ")")),
        of(
            "a case of many keys",
            program(
                "(case (get-prandom-u32) " + repeat(3_000, i -> "(" + i + " " + i + ")") + ")")),
        of(
            "a case of one key with many values",
            program("(case (get-prandom-u32) ((" + repeat(60_000, i -> "" + i) + ") 1))")),
        of(
            "many variables",
            program(
                "(let* ("
                    + repeat(2_000, i -> "(v" + i + " (get-prandom-u32))")
                    + ") "
                    + repeat(2_000, i -> "(setf v" + i + " 1)")
                    + " v0)")),
        of(
            "unknown variables near known ones",
            program(
                "(let ("
                    + repeat(1_500, i -> "(" + "v".repeat(90) + i + " 1)")
                    + ") "
                    + repeat(3_000, i -> "v".repeat(90) + "x" + i)
                    + ")")),
        of("unknown operators", program(repeat(9_000, i -> "(ringbuf-reserv" + i + " 1)"))),
        of("stack blocks", program(repeat(4_000, i -> "(struct-alloc 8)"))),
        of("a huge fill", program("(memset (struct-alloc 512) 0 0 99999999999)")),
        of(
            "copies",
            program(
                "(let ((a (struct-alloc 256)) (b (struct-alloc 256))) "
                    + repeat(400, i -> "(memcpy a 0 b 0 256)")
                    + " 1)")),
        of("shared lookups", map("m") + program(repeat(800, i -> "(getmap m " + i + ")"))),
        of("writes", map("m") + program(repeat(800, i -> "(setf (getmap m 0) " + i + ")"))),
        of(
            "writes to places of their own",
            map("m") + program(repeat(4_000, i -> "(setf (getmap m " + i + ") " + i + ")"))),
        of(
            "records side by side",
            "(defmap r :type :ringbuf :max-entries 4096)"
                + program(repeat(800, i -> "(with-ringbuf (x r 8) (store u64 x 0 " + i + "))"))),
        of(
            "values kept at once",
            program(
                "(let ("
                    + repeat(4_000, i -> "(v" + i + " (get-prandom-u32))")
                    + ") (let ((n 0)) "
                    + repeat(4_000, i -> "(setf n (logxor (* n 3) v" + i + "))")
                    + " n))")),
        of(
            "functions that call the next one twice",
            "(defun f0 (x) x)"
                + repeat(
                    33,
                    i ->
                        "(defun f%d (x) (+ (f%d x) (f%d 1) %s))"
                            .formatted(i + 1, i, i, repeat(12, k -> "(logxor x " + k + ")")))
                + program("(+ (f33 1) (f33 2))")),
        of(
            "macro that doubles",
            "(defmacro d (x) `(progn ,x ,x))" + program(nest(40, "(d ", "(get-prandom-u32)", ")"))),
        of(
            "conditions side by side",
            program(
                "(let ((x 0)) "
                    + repeat(1_000, i -> "(when (get-prandom-u32) (incf x))")
                    + " x)")));
  }

  @BeforeAll
  static void warmUp() {
    compile(program("(let ((x 1)) (dotimes (i 3) (incf x (get-prandom-u32))) x)"));
    compile(program("(unknown 1)"));
  }

  private static CompilationResult compile(String source) {
    return Compiler.compile(
        CompilationRequest.of(Architecture.X86_64, new SourceText("hostile.w", source))
            .withKernel(new SampleKernel()));
  }

  /** What a compilation cost. */
  private record Cost(CompilationResult result, long cpuMillis, long allocated) {}

  @ParameterizedTest(name = "{0}")
  @MethodSource({"readerTricks", "definitions", "bodies"})
  void endsSoonOnASmallStack(String name, String source) throws InterruptedException {
    AtomicReference<Object> outcome = new AtomicReference<>("did not end");
    Thread thread =
        Thread.ofPlatform()
            .name("hostile")
            .daemon()
            .unstarted(
                () -> {
                  try {
                    outcome.set(measured(source));
                  } catch (Throwable e) {
                    outcome.set(e);
                  }
                });
    thread.start();
    thread.join(30_000);
    assertThat(outcome.get()).isInstanceOf(Cost.class);
    Cost cost = (Cost) outcome.get();
    assertThat(cost.result().diagnostics()).hasSizeLessThanOrEqualTo(50);
    assertThat(cost.result().object().isPresent() || !cost.result().diagnostics().isEmpty())
        .isTrue();
    assertThat(cost.result().diagnostics().stream().map(Diagnostic::message))
        .allMatch(text -> text.length() < 2_000);
    assertThat(cost.cpuMillis()).as("milliseconds").isLessThan(MAX_CPU_MILLIS);
    assertThat(cost.allocated()).as("bytes").isLessThan(MAX_ALLOCATED);
  }

  /**
   * Counts this thread's processor time, so that a busy machine does no harm; and takes the best of
   * three, because the JVM's own compiler takes its share of the first.
   */
  private static Cost measured(String source) {
    Cost cost = measuredOnce(source);
    for (int again = 0; again < 2 && cost.cpuMillis() >= MAX_CPU_MILLIS; again++) {
      cost = measuredOnce(source);
    }
    return cost;
  }

  private static Cost measuredOnce(String source) {
    ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long time = bean.getCurrentThreadCpuTime();
    long bytes = bean.getCurrentThreadAllocatedBytes();
    CompilationResult result = compile(source);
    return new Cost(
        result,
        (bean.getCurrentThreadCpuTime() - time) / 1_000_000,
        bean.getCurrentThreadAllocatedBytes() - bytes);
  }
}

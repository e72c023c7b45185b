package dev.whistler.operator.build;

import static dev.whistler.operator.Examples.diagnostic;

import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.api.CompiledObject;
import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.SuppliedKernel;
import dev.whistler.operator.profile.KernelKnowledge;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * A stand-in for the compiler that asks about one tracepoint, and makes an object of the answer and
 * the text. A text with {@code SLOW} is compiled for as long as it may be; one with {@code HELD}
 * until it is let go; one with {@code WARNS} yields a warning; one with {@code THROWS} ends in an
 * error that no compiler promises.
 */
final class FakeCompiler implements Function<CompilationRequest, CompilationResult> {
  static final String OFFSET_12 = format(12);
  static final String OFFSET_24 = format(24);

  private final Map<String, Integer> compilations = new ConcurrentHashMap<>();
  private final AtomicInteger atOnce = new AtomicInteger();
  private final AtomicInteger mostAtOnce = new AtomicInteger();
  private final CountDownLatch held = new CountDownLatch(1);

  /** How often a program of that name was compiled. */
  int compilations(String program) {
    return compilations.getOrDefault(program + ".lisp", 0);
  }

  /** How many compilations of {@code SLOW} and {@code HELD} programs ran at the same time. */
  int mostAtOnce() {
    return mostAtOnce.get();
  }

  void letGo() {
    held.countDown();
  }

  @Override
  public CompilationResult apply(CompilationRequest request) {
    String text = request.sources().getFirst().text();
    compilations.merge(request.sources().getFirst().name(), 1, Integer::sum);
    if (text.contains("THROWS")) {
      throw new LinkageError("no compiler promises that");
    }
    mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
    try {
      if (!isAllowedToEnd(text, request)) {
        return refused(Code.E_BUDGET, "the compilation took too long");
      }
    } finally {
      atOnce.decrementAndGet();
    }
    return Objects.requireNonNull(request.kernel())
        .tracepoint("sched", "f")
        .map(format -> object(format + text, text.contains("WARNS")))
        .orElseGet(() -> refused(Code.E_TP, "no event sched/f"));
  }

  private boolean isAllowedToEnd(String text, CompilationRequest request) {
    while (text.contains("SLOW") || (text.contains("HELD") && held.getCount() > 0)) {
      if (request.budget().exhausted()) {
        return false;
      }
      LockSupport.parkNanos(1_000_000);
    }
    return true;
  }

  private static CompilationResult object(String content, boolean warns) {
    return new CompilationResult(
        Optional.of(new CompiledObject(content.getBytes(StandardCharsets.UTF_8), "{}", List.of())),
        warns ? List.of(diagnostic(Code.W_SIGN, 1, 3, "signed and unsigned meet")) : List.of(),
        List.of());
  }

  private static CompilationResult refused(Code code, String message) {
    return new CompilationResult(
        Optional.empty(), List.of(diagnostic(code, 1, 17, message)), List.of());
  }

  static KernelKnowledge.Known kernel(Map<String, String> formats) {
    return new KernelKnowledge.Known(
        new SuppliedKernel(Architecture.X86_64, formats, null, null, null));
  }

  private static String format(int offset) {
    return "name: f\nformat:\n\tfield:pid_t parent_pid;\toffset:"
        + offset
        + ";\tsize:4;\tsigned:1;\n";
  }
}

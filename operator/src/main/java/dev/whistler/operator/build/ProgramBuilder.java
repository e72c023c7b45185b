package dev.whistler.operator.build;

import dev.whistler.compiler.api.Budget;
import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.compiler.kernel.MalformedKernelException;
import dev.whistler.compiler.kernel.RecordingKernelDescription;
import dev.whistler.compiler.kernel.Trace;
import dev.whistler.compiler.source.SourceText;
import dev.whistler.crds.WhistlerArtifactSpec;
import dev.whistler.operator.model.Reason;
import dev.whistler.operator.profile.KernelKnowledge;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Builds programs, each once for all kernels that give the same answers to what the compiler asks.
 * What it asks is known only afterwards, so each build is kept with the trace of its questions, and
 * a further kernel that answers them alike takes that build. Safe for use by several threads.
 */
public final class ProgramBuilder {
  /** Sources remembered; one is a few objects of some ten kilobytes. */
  private static final int MAX_UNITS = 512;

  /** Distinct layouts remembered for one source. */
  private static final int MAX_LAYOUTS = 64;

  private final Function<CompilationRequest, CompilationResult> compiler;
  private final Duration timeLimit;
  private final BiConsumer<CompilerDefect, Throwable> defects;

  private final Map<SourceUnit, List<TracedBuild>> builds =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SourceUnit, List<TracedBuild>> eldest) {
          return size() > MAX_UNITS;
        }
      };

  private record TracedBuild(Trace trace, BuildOutcome outcome) {}

  /**
   * A builder.
   *
   * @param compiler the compiler
   * @param timeLimit for one compilation
   * @param defects told of each failure that is the compiler's own fault, with its cause; what a
   *     user sees is the defect's reference
   */
  public ProgramBuilder(
      Function<CompilationRequest, CompilationResult> compiler,
      Duration timeLimit,
      BiConsumer<CompilerDefect, Throwable> defects) {
    this.compiler = compiler;
    this.timeLimit = timeLimit;
    this.defects = defects;
  }

  /** The outcome for one kernel. */
  public BuildOutcome build(SourceUnit unit, KernelKnowledge knowledge) {
    return switch (knowledge) {
      case KernelKnowledge.Known known -> build(unit, known.kernel());
      case KernelKnowledge.Awaited awaited -> new BuildOutcome.Awaiting();
      case KernelKnowledge.Malformed malformed ->
          new BuildOutcome.Impossible(Reason.MALFORMED_PROFILE, malformed.message());
    };
  }

  private BuildOutcome build(SourceUnit unit, KernelDescription kernel) {
    List<TracedBuild> known;
    synchronized (builds) {
      known = builds.computeIfAbsent(unit, key -> new CopyOnWriteArrayList<>());
    }
    for (TracedBuild build : known) {
      if (build.trace.matches(kernel)) {
        return build.outcome;
      }
    }
    RecordingKernelDescription recording = new RecordingKernelDescription(kernel);
    Budget deadline = deadline();
    try {
      BuildOutcome outcome = compiled(unit, kernel, recording, deadline);
      // What ran out of time on a busy machine may not do so again.
      if (known.size() < MAX_LAYOUTS && !deadline.exhausted()) {
        known.add(new TracedBuild(recording.trace(), outcome));
      }
      return outcome;
    } catch (MalformedKernelException e) {
      return new BuildOutcome.Impossible(
          Reason.MALFORMED_PROFILE,
          "The kernel's profile holds what no kernel produces: " + e.getMessage() + ".");
    }
  }

  /** Whatever the compiler throws but what it promises to throw is a defect, and an outcome. */
  private BuildOutcome compiled(
      SourceUnit unit,
      KernelDescription kernel,
      RecordingKernelDescription recording,
      Budget deadline) {
    try {
      CompilationResult result = compiler.apply(request(unit, recording, deadline));
      return outcome(result, kernel, recording.trace());
    } catch (MalformedKernelException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError | AssertionError e) {
      CompilerDefect defect = CompilerDefect.of(unit, e);
      defects.accept(defect, e);
      return new BuildOutcome.Rejected(
          CompilerReason.of(Code.E_INTERNAL), List.of(defect.diagnostic()));
    }
  }

  private CompilationRequest request(
      SourceUnit unit, RecordingKernelDescription kernel, Budget deadline) {
    CompilationOptions options =
        CompilationOptions.defaults().withTier(unit.tier()).withReaderLeftOut(true);
    return new CompilationRequest(
        List.of(new SourceText(fileOf(unit), unit.text())),
        kernel.architecture(),
        kernel,
        unit.knobs(),
        options,
        deadline);
  }

  static String fileOf(SourceUnit unit) {
    return unit.name() + ".lisp";
  }

  private Budget deadline() {
    long end = System.nanoTime() + timeLimit.toNanos();
    return () -> System.nanoTime() - end > 0;
  }

  private static BuildOutcome outcome(
      CompilationResult result, KernelDescription kernel, Trace trace) {
    if (result.object().isEmpty()) {
      return new BuildOutcome.Rejected(
          CompilerReason.of(result.diagnostics()), result.diagnostics());
    }
    BuiltObject object =
        BuiltObject.of(result.object().get(), kernel.architecture().text(), trace.digest());
    if (!object.fits()) {
      return new BuildOutcome.Impossible(
          Reason.OBJECT_TOO_LARGE,
          "The object has "
              + object.gzip().length
              + " bytes compressed; an artifact holds "
              + WhistlerArtifactSpec.MAX_GZIP_BYTES
              + ". Make the program smaller or split it.");
    }
    return new BuildOutcome.Built(object, result.diagnostics());
  }
}

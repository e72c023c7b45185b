package dev.whistler.operator.build;

import dev.whistler.compiler.api.Budget;
import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.diagnostic.Severity;
import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.compiler.kernel.MalformedKernelException;
import dev.whistler.compiler.kernel.RecordingKernelDescription;
import dev.whistler.compiler.source.SourceText;
import dev.whistler.crds.WhistlerArtifactSpec;
import dev.whistler.operator.model.Reason;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Compiles a program for a kernel, once for each call. Safe for use by several threads. */
public final class ProgramBuilder {
  private final Function<CompilationRequest, CompilationResult> compiler;
  private final BiConsumer<CompilerDefect, Throwable> defects;

  /**
   * A builder.
   *
   * @param compiler the compiler
   * @param defects told of each failure that is the compiler's own fault, with its cause; what a
   *     user sees is the defect's reference
   */
  public ProgramBuilder(
      Function<CompilationRequest, CompilationResult> compiler,
      BiConsumer<CompilerDefect, Throwable> defects) {
    this.compiler = compiler;
    this.defects = defects;
  }

  /**
   * Builds.
   *
   * @param budget of this compilation; what became of one that ran out of it says nothing of others
   */
  TracedBuild build(SourceUnit unit, KernelDescription kernel, Budget budget) {
    RecordingKernelDescription recording = new RecordingKernelDescription(kernel);
    try {
      BuildOutcome outcome = compiled(unit, recording, budget);
      return new TracedBuild(outcome, Optional.of(recording.trace()));
    } catch (MalformedKernelException e) {
      return new TracedBuild(
          new BuildOutcome.Impossible(
              Reason.MALFORMED_PROFILE,
              "The kernel's profile holds what no kernel produces: " + e.getMessage() + "."),
          Optional.empty());
    }
  }

  /** What a module may bring once it is loaded is waited for, if nothing else is wrong. */
  private static String reason(CompilationResult result, RecordingKernelDescription kernel) {
    boolean onlyMissing =
        result.diagnostics().stream()
            .filter(diagnostic -> diagnostic.severity() == Severity.ERROR)
            .allMatch(diagnostic -> diagnostic.code() == Code.E_TP);
    return onlyMissing && kernel.mayComeWithAModule()
        ? Reason.WAITING_FOR_MODULE
        : CompilerReason.of(result.diagnostics());
  }

  /** Whatever the compiler throws but what it promises to throw is a defect, and an outcome. */
  private BuildOutcome compiled(
      SourceUnit unit, RecordingKernelDescription recording, Budget budget) {
    try {
      CompilationResult result = compiler.apply(request(unit, recording, budget));
      return outcome(unit, result, recording);
    } catch (MalformedKernelException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError | AssertionError e) {
      return defect(unit, e);
    }
  }

  /**
   * The outcome of a failure that is nobody's but our own fault, which is told to whom it concerns.
   */
  BuildOutcome defect(SourceUnit unit, Throwable cause) {
    CompilerDefect defect = CompilerDefect.of(unit, cause);
    defects.accept(defect, cause);
    return new BuildOutcome.Rejected(
        CompilerReason.of(Code.E_INTERNAL), List.of(defect.diagnostic()));
  }

  private CompilationRequest request(
      SourceUnit unit, RecordingKernelDescription kernel, Budget budget) {
    CompilationOptions options =
        CompilationOptions.defaults().withTier(unit.tier()).withReaderLeftOut(true);
    return new CompilationRequest(
        List.of(new SourceText(fileOf(unit), unit.text())),
        kernel.architecture(),
        kernel,
        unit.knobs(),
        options,
        budget);
  }

  static String fileOf(SourceUnit unit) {
    return unit.name() + ".lisp";
  }

  private static BuildOutcome outcome(
      SourceUnit unit, CompilationResult result, RecordingKernelDescription kernel) {
    if (result.object().isEmpty()) {
      return new BuildOutcome.Rejected(reason(result, kernel), result.diagnostics());
    }
    BuiltObject object =
        BuiltObject.of(
            result.object().get(),
            result.diagnostics(),
            kernel.architecture().text(),
            unit,
            kernel.trace());
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

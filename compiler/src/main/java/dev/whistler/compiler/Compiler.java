package dev.whistler.compiler;

import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.api.CompiledObject;
import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.emit.Backend;
import dev.whistler.compiler.emit.MachineCode;
import dev.whistler.compiler.form.UnitAnalyzer;
import dev.whistler.compiler.ir.BackEndException;
import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.compiler.kernel.RecordingKernelDescription;
import dev.whistler.compiler.kernel.Trace;
import dev.whistler.compiler.object.ObjectWriter;
import dev.whistler.compiler.reader.SymbolTable;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.source.SourceRange;
import dev.whistler.compiler.source.SourceText;
import dev.whistler.compiler.tree.TypedUnit;
import dev.whistler.compiler.unit.UnitProcessor;
import dev.whistler.tier.Tier;
import dev.whistler.tier.TierCheck;
import dev.whistler.tier.Violation;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The compiler. Stateless: {@link #compile} may be called from several threads at once. */
public final class Compiler {
  private final CompilationRequest request;
  private final Diagnostics diagnostics;
  private final @Nullable RecordingKernelDescription recording;
  private List<String> notes = List.of();

  private Compiler(CompilationRequest request) {
    this.diagnostics =
        new Diagnostics(request.options().warningsAsErrors(), request.options().allowed());
    KernelDescription kernel = request.kernel();
    this.recording = kernel == null ? null : new RecordingKernelDescription(kernel);
    this.request =
        new CompilationRequest(
            request.sources(),
            request.architecture(),
            recording,
            request.knobs(),
            request.options(),
            request.budget());
  }

  /**
   * Compiles one unit. What nests is bounded so that a stack of 1 MiB, the JVM's default, is
   * enough; on a smaller one deep sources end in an {@code E-LIMIT} that may have no place of its
   * own.
   *
   * @return an object, or the errors why there is none. Never throws for a bad source.
   * @throws dev.whistler.compiler.kernel.MalformedKernelException if the kernel description holds
   *     what no kernel produces
   */
  public static CompilationResult compile(CompilationRequest request) {
    return new Compiler(request).compile();
  }

  private CompilationResult compile() {
    Optional<CompiledObject> object = Optional.empty();
    try {
      object = analyze().map(this::generate);
    } catch (AnalysisException e) {
      // Reported where it was thrown.
    } catch (BackEndException e) {
      diagnostics.report(e.sentence(), e.origin(), List.of());
    } catch (StackOverflowError e) {
      diagnostics.report(Message.UNIT_TOO_NESTED, start());
    }
    if (diagnostics.hasErrors()) {
      object = Optional.empty();
    }
    List<String> files = request.sources().stream().map(SourceText::name).toList();
    return new CompilationResult(object, diagnostics.sorted(files), notes);
  }

  /** The typed unit; empty if there is any error. */
  private Optional<TypedUnit> analyze() {
    SymbolTable symbols = new SymbolTable();
    UnitAnalyzer analyzer = new UnitAnalyzer(request, symbols, diagnostics);
    UnitProcessor.Processed processed =
        UnitProcessor.process(request.sources(), symbols, analyzer, diagnostics, request.budget());
    TypedUnit unit;
    try {
      checkBudget();
      unit = analyzer.finish(start());
    } finally {
      // Macros in bodies print as well.
      notes = processed.notes();
    }
    return diagnostics.hasErrors() ? Optional.empty() : Optional.of(unit);
  }

  private CompiledObject generate(TypedUnit unit) {
    checkBudget();
    MachineCode code = Backend.generate(unit, request.options());
    checkBudget();
    Trace trace = recording == null ? new Trace(new TreeMap<>()) : recording.trace();
    CompiledObject object = ObjectWriter.write(unit, code, request, trace);
    checkTier(object, code);
    return object;
  }

  /** The runtime asks the same of the object before it loads it. */
  private void checkTier(CompiledObject object, MachineCode code) {
    Tier tier = request.options().tier().rules();
    for (Violation violation : TierCheck.check(object.elf(), tier)) {
      diagnostics.report(
          Message.TIER_VIOLATION,
          code.at(violation.function(), violation.slot()).orElse(start()),
          violation.sentence(tier));
    }
  }

  private void checkBudget() {
    if (request.budget().exhausted()) {
      throw diagnostics.fail(Message.COMPILATION_CANCELLED, new Origin(start(), List.of()));
    }
  }

  /** The first character of the unit, for what concerns no form. */
  private SourceRange start() {
    String name = request.sources().isEmpty() ? "" : request.sources().getFirst().name();
    return new SourceRange(name, 1, 1, 1, 1);
  }
}

package dev.whistler.compiler.reference;

import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.diagnostic.Diagnostic;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Severity;
import dev.whistler.compiler.form.UnitAnalyzer;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.reader.SymbolTable;
import dev.whistler.compiler.source.SourceRange;
import dev.whistler.compiler.source.SourceText;
import dev.whistler.compiler.tree.TypedUnit;
import dev.whistler.compiler.unit.UnitProcessor;
import java.util.List;
import java.util.Set;

/** Compiles single source texts for the tests of this package. */
final class Compilation {
  private static final String FILE = "test.w";

  private Compilation() {}

  /** A program that the compiler refused. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<Code> codes;

    Refused(List<Diagnostic> diagnostics) {
      super(diagnostics.toString());
      codes = diagnostics.stream().map(Diagnostic::code).distinct().toList();
    }

    List<Code> codes() {
      return codes;
    }
  }

  /** Options for an instruction set with all passes. */
  static CompilationOptions options(int instructionSet) {
    return options(instructionSet, Set.of());
  }

  /** Options for an instruction set without some passes. */
  static CompilationOptions options(int instructionSet, Set<String> disabledPasses) {
    return CompilationOptions.defaults()
        .withInstructionSet(instructionSet)
        .withDisabledPasses(disabledPasses);
  }

  private static CompilationRequest request(String source, CompilationOptions options) {
    return CompilationRequest.of(Architecture.X86_64, new SourceText(FILE, source))
        .withOptions(options);
  }

  static CompilationResult compile(String source, CompilationOptions options) {
    return Compiler.compile(request(source, options));
  }

  /** The object's bytes. */
  static byte[] object(String source, CompilationOptions options) {
    CompilationResult result = compile(source, options);
    return result.object().orElseThrow(() -> new Refused(errors(result.diagnostics()))).elf();
  }

  private static List<Diagnostic> errors(List<Diagnostic> diagnostics) {
    return diagnostics.stream().filter(d -> d.severity() == Severity.ERROR).toList();
  }

  /** The typed unit, without code generation. */
  static TypedUnit analyze(String source) {
    CompilationRequest request = request(source, options(3));
    Diagnostics diagnostics = new Diagnostics(false, Set.of());
    SymbolTable symbols = new SymbolTable();
    UnitAnalyzer analyzer = new UnitAnalyzer(request, symbols, diagnostics);
    UnitProcessor.process(request.sources(), symbols, analyzer, diagnostics, request.budget());
    TypedUnit unit = analyzer.finish(new SourceRange(FILE, 1, 1, 1, 1));
    if (diagnostics.hasErrors()) {
      throw new Refused(errors(diagnostics.sorted(List.of(FILE))));
    }
    return unit;
  }
}

package dev.whistler.compiler.form;

import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.diagnostic.Diagnostic;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.reader.SymbolTable;
import dev.whistler.compiler.source.SourceRange;
import dev.whistler.compiler.source.SourceText;
import dev.whistler.compiler.tree.TypedUnit;
import dev.whistler.compiler.unit.UnitProcessor;
import java.util.List;

/**
 * A unit analyzed for {@link SampleKernel}.
 *
 * @param unit the typed unit
 * @param diagnostics what was reported
 */
record Analysis(TypedUnit unit, List<Diagnostic> diagnostics) {
  static Analysis of(String text) {
    return of(text, CompilationOptions.defaults());
  }

  static Analysis of(String text, CompilationOptions options) {
    CompilationRequest request =
        CompilationRequest.of(Architecture.X86_64, new SourceText("t.w", text))
            .withKernel(new SampleKernel())
            .withOptions(options);
    Diagnostics diagnostics = new Diagnostics(false, options.allowed());
    SymbolTable symbols = new SymbolTable();
    UnitAnalyzer analyzer = new UnitAnalyzer(request, symbols, diagnostics);
    UnitProcessor.process(request.sources(), symbols, analyzer, diagnostics, request.budget());
    TypedUnit unit = analyzer.finish(new SourceRange("t.w", 1, 1, 1, 1));
    return new Analysis(unit, diagnostics.sorted(List.of("t.w")));
  }

  /** The body of the only program, as text. */
  String body() {
    return TreeText.of(unit.programs().getFirst().body());
  }

  List<String> codes() {
    return diagnostics.stream().map(d -> d.code().text()).toList();
  }
}

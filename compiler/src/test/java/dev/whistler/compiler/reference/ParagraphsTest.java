package dev.whistler.compiler.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.LoadedObject;
import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.Budget;
import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.api.CompilationOptions.Tier;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.diagnostic.Diagnostic;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.emit.KernelRunner;
import dev.whistler.compiler.form.SampleKernel;
import dev.whistler.compiler.form.UnitAnalyzer;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.pass.Pipeline;
import dev.whistler.compiler.reader.SymbolTable;
import dev.whistler.compiler.source.SourceRange;
import dev.whistler.compiler.source.SourceText;
import dev.whistler.compiler.tree.TypedUnit;
import dev.whistler.compiler.unit.UnitProcessor;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The statements of the specification, each by a small source; executed where that is possible. */
class ParagraphsTest {
  private static final String FILE = "t.w";

  static Stream<Paragraph> paragraphs() {
    return Paragraph.all().stream();
  }

  @ParameterizedTest
  @MethodSource("paragraphs")
  void holds(Paragraph paragraph) {
    List<String> expected = paragraph.expected();
    assertThat(actual(paragraph, Set.of())).containsExactlyInAnyOrderElementsOf(expected);
    if (expected.stream().anyMatch(e -> Character.isDigit(e.charAt(0)))) {
      assertThat(actual(paragraph, Pipeline.names()))
          .as("without passes")
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  private static List<String> actual(Paragraph paragraph, Set<String> disabledPasses) {
    CompilationRequest request = request(paragraph, disabledPasses);
    CompilationResult result = Compiler.compile(request);
    List<String> actual = new ArrayList<>();
    for (Diagnostic diagnostic : result.diagnostics()) {
      SourceRange range = diagnostic.range();
      String code = diagnostic.code().text();
      String placed = code + " " + range.startLine() + ":" + range.startColumn();
      actual.add(paragraph.expected().contains(code) ? code : placed);
    }
    result.notes().forEach(note -> actual.add("note " + note));
    if (result.object().isEmpty()) {
      return actual;
    }
    byte[] object = result.object().get().elf();
    if (paragraph.expected().contains("compiles")) {
      actual.add("compiles");
      return actual;
    }
    KernelRunner.needsRoot();
    if (paragraph.expected().contains("loads")) {
      try (LoadedObject loaded = BpfObject.open(object).load()) {
        actual.add(loaded.programs().isEmpty() ? "no program" : "loads");
      }
      return actual;
    }
    Outcome outcome = KernelExecution.run(analyze(request), object, Comparison.countingPacket());
    actual.addAll(effects(outcome, paragraph.expected()));
    return actual;
  }

  /** What a run left; maps and rings only where a paragraph speaks of them. */
  private static List<String> effects(Outcome outcome, List<String> expected) {
    List<String> effects = new ArrayList<>();
    effects.add(Integer.toUnsignedString(outcome.result()));
    outcome
        .maps()
        .forEach(
            (map, contents) -> {
              if (expected.stream().anyMatch(e -> e.startsWith("map " + map + " "))) {
                contents.forEach((k, v) -> effects.add("map " + map + " " + k + " " + v));
              }
            });
    outcome
        .records()
        .forEach((ring, all) -> all.forEach(one -> effects.add("ring " + ring + " " + one)));
    String untouched = HexFormat.of().formatHex(Comparison.countingPacket());
    if (!outcome.packet().equals(untouched)) {
      effects.add("packet " + outcome.packet());
    }
    return effects;
  }

  private static CompilationRequest request(Paragraph paragraph, Set<String> disabledPasses) {
    String how = paragraph.how();
    CompilationOptions plain = CompilationOptions.defaults();
    CompilationOptions options =
        plain
            .withTier(
                how.startsWith("tier ")
                    ? Tier.valueOf(how.substring(5).toUpperCase(Locale.ROOT))
                    : plain.tier())
            .withDisabledPasses(disabledPasses);
    int equals = how.indexOf('=');
    return new CompilationRequest(
        List.of(new SourceText(FILE, paragraph.source())),
        how.equals("arm64") ? Architecture.ARM64 : Architecture.X86_64,
        how.equals("no kernel") || how.equals("arm64") ? null : new SampleKernel(),
        how.startsWith("knob ")
            ? Map.of(how.substring(5, equals), how.substring(equals + 1))
            : Map.of(),
        options,
        Budget.UNLIMITED);
  }

  private static TypedUnit analyze(CompilationRequest request) {
    Diagnostics diagnostics = new Diagnostics(false, request.options().allowed());
    SymbolTable symbols = new SymbolTable();
    UnitAnalyzer analyzer = new UnitAnalyzer(request, symbols, diagnostics);
    UnitProcessor.process(request.sources(), symbols, analyzer, diagnostics, request.budget());
    return analyzer.finish(new SourceRange(FILE, 1, 1, 1, 1));
  }
}

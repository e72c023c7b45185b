package dev.whistler.compiler.form;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.diagnostic.Diagnostic;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.source.SourceRange;
import dev.whistler.compiler.source.SourceText;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Each {@code golden/diagnostics/NAME.w} gives exactly the diagnostics in {@code NAME.txt} beside
 * it; all vectors of appendix H.3 are among them. {@code -Dwhistler.golden=DIRECTORY} writes the
 * answers there, to be read and compared before they are taken over.
 */
class GoldenDiagnosticsTest {
  @TestFactory
  Stream<DynamicTest> sourcesGiveTheirDiagnostics() throws IOException, URISyntaxException {
    Path folder = Path.of(GoldenDiagnosticsTest.class.getResource("/golden/diagnostics").toURI());
    List<Path> sources;
    try (Stream<Path> files = Files.list(folder)) {
      sources = files.filter(f -> f.toString().endsWith(".w")).sorted().toList();
    }
    assertThat(sources).hasSizeGreaterThan(70);
    return sources.stream()
        .map(
            source ->
                DynamicTest.dynamicTest(source.getFileName().toString(), () -> check(source)));
  }

  private static void check(Path source) throws IOException {
    String text = Files.readString(source);
    String actual = diagnostics(source.getFileName().toString(), text);
    String name = source.getFileName().toString().replace(".w", ".txt");
    String target = System.getProperty("whistler.golden");
    if (target != null) {
      Files.writeString(Path.of(target, name), actual);
      return;
    }
    assertThat(actual).isEqualTo(Files.readString(source.resolveSibling(name)));
  }

  /** One line a diagnostic: code, range, message and, in brackets, the hint. */
  private static String diagnostics(String name, String text) {
    CompilationResult result =
        Compiler.compile(
            CompilationRequest.of(Architecture.X86_64, new SourceText(name, text))
                .withKernel(text.startsWith(";; without") ? null : new SampleKernel())
                .withKnobs(
                    text.startsWith(";; knob ")
                        ? Map.of(
                            text.substring(8, text.indexOf('=')),
                            text.substring(text.indexOf('=') + 1, text.indexOf('\n')))
                        : Map.of()));
    List<String> lines = new ArrayList<>();
    for (Diagnostic d : result.diagnostics()) {
      SourceRange r = d.range();
      lines.add(
          "%s %d:%d-%d:%d %s%s"
              .formatted(
                  d.code().text(),
                  r.startLine(),
                  r.startColumn(),
                  r.endLine(),
                  r.endColumn(),
                  d.message(),
                  d.hint() == null ? "" : " [" + d.hint() + "]"));
      d.expansion().forEach(frame -> lines.add("  in " + frame.macro()));
    }
    return String.join("\n", lines) + "\n";
  }
}

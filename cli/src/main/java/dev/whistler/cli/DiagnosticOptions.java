package dev.whistler.cli;

import dev.whistler.compiler.diagnostic.Diagnostic;
import dev.whistler.compiler.diagnostic.JsonRenderer;
import dev.whistler.compiler.diagnostic.Renderer;
import dev.whistler.compiler.source.SourceText;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Option;

/** How diagnostics are shown. */
final class DiagnosticOptions {
  /** Forms of output. */
  enum Format {
    TEXT,
    JSON
  }

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "diagnostics as text (default) or json")
  Format format = Format.TEXT;

  void print(List<SourceText> sources, List<Diagnostic> diagnostics, PrintWriter out) {
    switch (format) {
      case TEXT -> {
        boolean colour = System.console() != null && System.getenv("NO_COLOR") == null;
        Renderer renderer = new Renderer(sources, colour);
        diagnostics.forEach(diagnostic -> out.print(renderer.render(diagnostic)));
      }
      case JSON -> out.print(JsonRenderer.render(diagnostics));
    }
    out.flush();
  }
}

package dev.whistler.cli;

import dev.whistler.compiler.diagnostic.Diagnostic;
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
    if (diagnostics.isEmpty()) {
      return;
    }
    for (Diagnostic d : diagnostics) {
      out.printf(
          "%s:%d:%d: %s %s: %s%n",
          d.range().file(),
          d.range().startLine(),
          d.range().startColumn(),
          d.severity(),
          d.code().text(),
          d.message());
    }
    out.flush();
  }
}

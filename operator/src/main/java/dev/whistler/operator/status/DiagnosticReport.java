package dev.whistler.operator.status;

import dev.whistler.compiler.diagnostic.Diagnostic;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.crds.WhistlerProgramStatus.Severity;
import dev.whistler.crds.WhistlerProgramStatus.SourceDiagnostic;
import dev.whistler.operator.build.BuildOutcome;
import dev.whistler.operator.model.SelectedKernel;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Merges what the compiler said on each kernel: one entry for each statement, with its kernels. */
final class DiagnosticReport {
  private static final int MAX_KERNELS = 10;

  private DiagnosticReport() {}

  private record Statement(
      String code, Severity severity, int line, int column, String message, @Nullable String hint) {
    static Statement of(Diagnostic diagnostic) {
      return new Statement(
          diagnostic.code().text(),
          severityOf(diagnostic),
          Math.max(1, diagnostic.range().startLine()),
          Math.max(1, diagnostic.range().startColumn()),
          Texts.clip(diagnostic.message(), Texts.MESSAGE),
          diagnostic.hint() == null ? null : Texts.clip(diagnostic.hint(), Texts.MESSAGE));
    }
  }

  /** At most 50, ordered by position. */
  static List<SourceDiagnostic> of(List<SelectedKernel> kernels, Map<String, BuildOutcome> builds) {
    Map<Statement, SortedSet<String>> releases = new LinkedHashMap<>();
    Map<Statement, Integer> counts = new LinkedHashMap<>();
    int compiled = 0;
    for (SelectedKernel kernel : kernels) {
      BuildOutcome outcome = builds.get(kernel.identity());
      if (outcome instanceof BuildOutcome.Built || outcome instanceof BuildOutcome.Rejected) {
        compiled++;
      }
      statements(outcome).stream()
          .map(Statement::of)
          .distinct()
          .forEach(
              statement -> {
                releases
                    .computeIfAbsent(statement, key -> new TreeSet<>())
                    .addAll(kernel.releases());
                counts.merge(statement, 1, Integer::sum);
              });
    }
    int all = compiled;
    return releases.entrySet().stream()
        .map(entry -> diagnostic(entry.getKey(), entry.getValue(), counts.get(entry.getKey()), all))
        .sorted(
            Comparator.comparingInt(SourceDiagnostic::line)
                .thenComparingInt(SourceDiagnostic::column)
                .thenComparing(SourceDiagnostic::code))
        .limit(WhistlerProgramStatus.MAX_DIAGNOSTICS)
        .toList();
  }

  private static SourceDiagnostic diagnostic(
      Statement statement, SortedSet<String> releases, @Nullable Integer count, int all) {
    boolean everywhere = count != null && count == all;
    return new SourceDiagnostic(
        statement.code,
        statement.severity,
        statement.line,
        statement.column,
        statement.message,
        statement.hint,
        everywhere ? List.of() : releases.stream().limit(MAX_KERNELS).toList());
  }

  private static List<Diagnostic> statements(@Nullable BuildOutcome outcome) {
    return switch (outcome) {
      case BuildOutcome.Built built -> built.warnings();
      case BuildOutcome.Rejected rejected -> rejected.diagnostics();
      case BuildOutcome.Impossible impossible -> List.of();
      case BuildOutcome.Awaiting awaiting -> List.of();
      case BuildOutcome.Queued queued -> List.of();
      case null -> List.of();
    };
  }

  private static Severity severityOf(Diagnostic diagnostic) {
    return switch (diagnostic.severity()) {
      case ERROR -> Severity.ERROR;
      case WARNING -> Severity.WARNING;
      case NOTE -> Severity.NOTE;
    };
  }
}

package dev.whistler.operator.build;

import dev.whistler.compiler.diagnostic.Diagnostic;
import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.compiler.kernel.Trace;
import java.util.List;
import java.util.Optional;

/**
 * What became of a program on a kernel, and on which others the same would.
 *
 * @param outcome what became of it
 * @param trace what was asked about the kernel; empty if others that answer alike may fare
 *     otherwise
 */
record TracedBuild(BuildOutcome outcome, Optional<Trace> trace) {
  /** Of an object: headers, references, the parts that are short. */
  private static final long OVERHEAD_BYTES = 256;

  /** Whether a kernel answers every question as the one that this was built for. */
  boolean isTrueOf(KernelDescription kernel) {
    return trace.filter(it -> it.matches(kernel)).isPresent();
  }

  /** Bytes of memory, about. */
  long bytes() {
    return OVERHEAD_BYTES + outcomeBytes(outcome) + trace.map(TracedBuild::traceBytes).orElse(0L);
  }

  static long outcomeBytes(BuildOutcome outcome) {
    return switch (outcome) {
      case BuildOutcome.Built built ->
          built.object().gzip().length
              + (built.object().trace() == null ? 0 : built.object().trace().length())
              + OVERHEAD_BYTES * built.object().programs().size()
              + diagnosticBytes(built.warnings());
      case BuildOutcome.Rejected rejected -> diagnosticBytes(rejected.diagnostics());
      case BuildOutcome.Impossible impossible -> impossible.message().length();
      case BuildOutcome.Awaiting awaiting -> 0;
      case BuildOutcome.Queued queued -> 0;
    };
  }

  private static long traceBytes(Trace trace) {
    return trace.answers().entrySet().stream()
        .mapToLong(it -> OVERHEAD_BYTES / 2 + it.getKey().length() + it.getValue().length())
        .sum();
  }

  private static long diagnosticBytes(List<Diagnostic> diagnostics) {
    return diagnostics.stream()
        .mapToLong(
            it ->
                OVERHEAD_BYTES * (1 + it.notes().size() + it.expansion().size())
                    + it.message().length()
                    + (it.hint() == null ? 0 : it.hint().length()))
        .sum();
  }
}

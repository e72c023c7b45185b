package dev.whistler.operator.build;

import dev.whistler.compiler.diagnostic.Diagnostic;
import java.util.List;

/** What became of a program on one kernel. */
public sealed interface BuildOutcome {
  /**
   * There is an object.
   *
   * @param object the object
   * @param warnings what the compiler remarked
   */
  record Built(BuiltObject object, List<Diagnostic> warnings) implements BuildOutcome {
    public Built {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * The source cannot work on this kernel.
   *
   * @param reason of the condition {@code Compiled}
   * @param diagnostics at least one error
   */
  record Rejected(String reason, List<Diagnostic> diagnostics) implements BuildOutcome {
    public Rejected {
      diagnostics = List.copyOf(diagnostics);
    }
  }

  /**
   * There is no object, and the source is not at fault.
   *
   * @param reason of the condition {@code Compiled}
   * @param message one sentence
   */
  record Impossible(String reason, String message) implements BuildOutcome {}

  /** The kernel's profile is not there yet. */
  record Awaiting() implements BuildOutcome {}

  /** The compiler has not come to it yet. */
  record Queued() implements BuildOutcome {}
}

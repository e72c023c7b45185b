package dev.whistler.compiler.diagnostic;

import dev.whistler.compiler.source.ExpansionFrame;
import dev.whistler.compiler.source.SourceRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One statement of the compiler about the source (section 20.1).
 *
 * @param code the stable code
 * @param severity normally {@code code.severity()}; an error where warnings are treated as errors
 * @param message names the offending item and what was expected; one sentence, no final period
 * @param range the primary range
 * @param hint what to do, or null
 * @param notes further places
 * @param expansion macro calls from inner to outer
 */
public record Diagnostic(
    Code code,
    Severity severity,
    String message,
    SourceRange range,
    @Nullable String hint,
    List<Note> notes,
    List<ExpansionFrame> expansion) {
  public Diagnostic {
    notes = List.copyOf(notes);
    expansion = List.copyOf(expansion);
  }

  /**
   * A further place that explains a diagnostic.
   *
   * @param message what is to be seen there
   * @param range where
   */
  public record Note(String message, SourceRange range) {}
}

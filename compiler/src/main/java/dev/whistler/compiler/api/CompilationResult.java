package dev.whistler.compiler.api;

import dev.whistler.compiler.diagnostic.Diagnostic;
import java.util.List;
import java.util.Optional;

/**
 * What a compilation yields.
 *
 * @param object the object; empty if there is any error
 * @param diagnostics at most 50, ordered by position
 * @param notes what the program printed at macro time
 */
public record CompilationResult(
    Optional<CompiledObject> object, List<Diagnostic> diagnostics, List<String> notes) {
  public CompilationResult {
    diagnostics = List.copyOf(diagnostics);
    notes = List.copyOf(notes);
  }
}

package dev.whistler.bpf.object;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A function as compiled.
 *
 * @param name symbol
 * @param section name of its ELF section
 * @param sectionIndex index of the section
 * @param offset bytes in the section
 * @param code instructions
 * @param kind what its section says, or null for a subprogram
 * @param references instruction slot in the function → what the instruction refers to
 */
public record FunctionImage(
    String name,
    String section,
    int sectionIndex,
    int offset,
    byte[] code,
    @Nullable SectionKind kind,
    Map<Integer, Reference> references) {
  /** Keeps the code as given. */
  public FunctionImage {
    references = Map.copyOf(references);
  }
}

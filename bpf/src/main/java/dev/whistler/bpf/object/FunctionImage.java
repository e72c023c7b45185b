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
 * @param kind what its section says; null for a subprogram, or where the section's name says
 *     nothing
 * @param loading whether it is a program, and when it is loaded
 * @param references instruction slot in the function → what the instruction refers to
 */
public record FunctionImage(
    String name,
    String section,
    int sectionIndex,
    int offset,
    byte[] code,
    @Nullable SectionKind kind,
    Loading loading,
    Map<Integer, Reference> references) {
  /** When a function is loaded as a program. */
  public enum Loading {
    /** Never: programs call it. */
    SUBPROGRAM,
    /** Unless others are asked for. */
    BY_DEFAULT,
    /** Only when it is asked for: its section's name begins with a question mark. */
    ON_REQUEST
  }

  /** Whether it is a program. */
  public boolean isProgram() {
    return loading != Loading.SUBPROGRAM;
  }

  /** Keeps the code as given. */
  public FunctionImage {
    references = Map.copyOf(references);
  }
}

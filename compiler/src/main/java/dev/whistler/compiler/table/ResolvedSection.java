package dev.whistler.compiler.table;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a section name decides (section 15.2, appendix D).
 *
 * @param written the section as written, or the type's default
 * @param canonical the section in the object
 * @param type the program type
 * @param kernelType enum bpf_prog_type
 * @param attachKind the schema's attach kind, for instance {@code tracepoint}
 * @param attachParameters the schema's parameters in order: strings, {@code Long}s or {@code
 *     Boolean}s
 * @param sleepable whether the section makes the program sleepable
 * @param returns return values that mean something
 */
public record ResolvedSection(
    String written,
    String canonical,
    ProgramType type,
    int kernelType,
    String attachKind,
    Map<String, Object> attachParameters,
    boolean sleepable,
    AllowedReturns returns) {
  private static final List<String> TARGETS = List.of("event", "target", "hook");

  /**
   * The event, function, hook or the like that the section names, by the name that sections have
   * for it; empty if it names none.
   */
  public Optional<String> target() {
    for (String key : TARGETS) {
      Object name = attachParameters.get(key);
      if (name != null) {
        Object category = attachParameters.get("category");
        return Optional.of(category == null ? name.toString() : category + "/" + name);
      }
    }
    return Optional.empty();
  }
}

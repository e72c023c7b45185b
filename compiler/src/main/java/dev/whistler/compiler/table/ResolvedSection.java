package dev.whistler.compiler.table;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

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
  /**
   * The event, function, hook or the like that the section names, by the name that sections have
   * for it; empty if it names none.
   */
  public Optional<String> target() {
    Object category = attachParameters.get("category");
    return Stream.of("event", "target", "hook")
        .flatMap(key -> Stream.ofNullable(attachParameters.get(key)))
        .map(name -> category == null ? name.toString() : category + "/" + name)
        .findFirst();
  }
}

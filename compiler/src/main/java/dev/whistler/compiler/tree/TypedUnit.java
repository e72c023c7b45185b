package dev.whistler.compiler.tree;

import dev.whistler.compiler.type.KernelLayout;
import dev.whistler.compiler.type.Kind;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.StructLayout;
import dev.whistler.compiler.type.UnionLayout;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The whole unit after analysis: what the back end and the object writer need.
 *
 * @param structs in order of definition
 * @param unions in order of definition
 * @param kernelLayouts imported kernel structs that are used
 * @param maps in order of definition, hidden maps last
 * @param statistics the hidden statistics map, or null without ring buffers
 * @param globals in order of definition, hidden ones last
 * @param programs in order of definition
 * @param functions kernel-side functions that are called, callees first
 * @param knobs in order of definition
 * @param constants integer constants by name, in order of definition
 * @param inferredKinds kind of each struct field without {@code :as}, keyed by {@code struct.field}
 *     (section 9.7)
 * @param requirements tracepoint and kernel struct fields used, in order of first use
 * @param failedUpdates the hidden globals that count failed updates, by name of the map (section
 *     10.7); all are among the globals
 */
public record TypedUnit(
    List<StructLayout> structs,
    List<UnionLayout> unions,
    List<KernelLayout> kernelLayouts,
    List<MapDefinition> maps,
    @Nullable MapDefinition statistics,
    List<Global> globals,
    List<TypedProgram> programs,
    List<TypedFunction> functions,
    List<Knob> knobs,
    Map<String, Long> constants,
    Map<String, Kind> inferredKinds,
    List<Requirement> requirements,
    Map<String, Global> failedUpdates) {

  /** A unit that counts no failed updates. */
  public TypedUnit(
      List<StructLayout> structs,
      List<UnionLayout> unions,
      List<KernelLayout> kernelLayouts,
      List<MapDefinition> maps,
      @Nullable MapDefinition statistics,
      List<Global> globals,
      List<TypedProgram> programs,
      List<TypedFunction> functions,
      List<Knob> knobs,
      Map<String, Long> constants,
      Map<String, Kind> inferredKinds,
      List<Requirement> requirements) {
    this(
        structs,
        unions,
        kernelLayouts,
        maps,
        statistics,
        globals,
        programs,
        functions,
        knobs,
        constants,
        inferredKinds,
        requirements,
        Map.of());
  }

  /**
   * A knob with the value used (section 19.1).
   *
   * @param name source name
   * @param type type name as written
   * @param defaultValue as a word
   * @param value as a word
   * @param min bound or null
   * @param max bound or null
   * @param doc documentation or null
   */
  public record Knob(
      String name,
      String type,
      long defaultValue,
      long value,
      @Nullable Long min,
      @Nullable Long max,
      @Nullable String doc) {}

  /** A fact about the kernel that the object relies on (sections 13.7, 14.3). */
  public sealed interface Requirement {
    /**
     * A tracepoint field.
     *
     * @param program source name of the program that reads it
     * @param event {@code category/event}
     * @param field the kernel's field name
     * @param offset bytes
     * @param size bytes
     * @param signed whether it is signed
     * @param form {@code scalar}, {@code array}, {@code data-loc} or {@code rel-loc}
     */
    record TracepointField(
        String program,
        String event,
        String field,
        int offset,
        int size,
        boolean signed,
        String form)
        implements Requirement {}

    /**
     * A field of a kernel struct.
     *
     * @param program source name of the program that reads it
     * @param struct the kernel's struct name
     * @param field the kernel's field name
     * @param offset bytes
     * @param size bytes
     */
    record KernelField(String program, String struct, String field, int offset, int size)
        implements Requirement {}
  }
}

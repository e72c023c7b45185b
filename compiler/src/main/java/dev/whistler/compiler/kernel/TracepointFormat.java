package dev.whistler.compiler.kernel;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The parsed format of a tracepoint (section 13.3).
 *
 * @param event {@code category/event}
 * @param fields in order of the file, {@code common_*} included
 * @param unusable what is wrong with the other fields that the file names, by name: the rest of a
 *     sentence that begins with the field, for instance {@code is an array of two dimensions}
 */
public record TracepointFormat(String event, List<Field> fields, Map<String, String> unusable) {
  public TracepointFormat {
    fields = List.copyOf(fields);
    unusable = Collections.unmodifiableMap(new LinkedHashMap<>(unusable));
  }

  /** The shapes of a field. */
  public enum Shape {
    SCALAR,
    ARRAY,
    DATA_LOC,
    REL_LOC
  }

  /**
   * One field.
   *
   * @param name the kernel's name
   * @param shape its shape
   * @param cType the C type as written, without name and bound, for instance {@code pid_t}
   * @param offset bytes in the record
   * @param size bytes, as printed
   * @param signed as printed
   * @param valueSize bytes of a scalar's value, or of one element of an array: narrower than {@code
   *     size} where the C type is narrower than its slot, and not always the width of a scalar type
   * @param valueSigned whether that value or element is signed
   */
  public record Field(
      String name,
      Shape shape,
      String cType,
      int offset,
      int size,
      boolean signed,
      int valueSize,
      boolean valueSigned) {}

  /** Without the fields that are not named. */
  TracepointFormat only(Set<String> names) {
    Map<String, String> odd = new LinkedHashMap<>(unusable);
    odd.keySet().retainAll(names);
    return new TracepointFormat(
        event, fields.stream().filter(field -> names.contains(field.name())).toList(), odd);
  }

  /** The field of that name. */
  public Optional<Field> field(String name) {
    return fields.stream().filter(f -> f.name().equals(name)).findFirst();
  }
}

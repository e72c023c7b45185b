package dev.whistler.compiler.kernel;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The parsed format of a tracepoint (section 13.3).
 *
 * @param event {@code category/event}
 * @param fields in order of the file, {@code common_*} included
 */
public record TracepointFormat(String event, List<Field> fields) {
  public TracepointFormat {
    fields = List.copyOf(fields);
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
   * @param size bytes
   * @param signed as printed
   * @param elementSize bytes of one element of an array; equal to {@code size} for scalars
   */
  public record Field(
      String name,
      Shape shape,
      String cType,
      int offset,
      int size,
      boolean signed,
      int elementSize) {}

  /** Without the fields that are not named. */
  TracepointFormat only(Set<String> names) {
    return new TracepointFormat(
        event, fields.stream().filter(field -> names.contains(field.name())).toList());
  }

  /** The field of that name. */
  public Optional<Field> field(String name) {
    return fields.stream().filter(f -> f.name().equals(name)).findFirst();
  }
}

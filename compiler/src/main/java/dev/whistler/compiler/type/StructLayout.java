package dev.whistler.compiler.type;

import java.util.List;
import java.util.Optional;

/**
 * A {@code defstruct} (section 9).
 *
 * @param name source name
 * @param cName C name
 * @param fields in order of declaration
 * @param size bytes, padded
 * @param align bytes
 */
public record StructLayout(String name, String cName, List<StructField> fields, int size, int align)
    implements Layout {
  public StructLayout {
    fields = List.copyOf(fields);
  }

  /** The field of that source name. */
  public Optional<StructField> field(String fieldName) {
    return fields.stream().filter(f -> f.name().equals(fieldName)).findFirst();
  }
}

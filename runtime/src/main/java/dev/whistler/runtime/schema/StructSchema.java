package dev.whistler.runtime.schema;

import java.util.List;
import java.util.Optional;

/**
 * A struct or union.
 *
 * @param name as in the source
 * @param cname a C identifier
 * @param size bytes with padding
 * @param align alignment in bytes
 * @param fields in the order of declaration, by offset; none or overlapping ones in a union
 */
public record StructSchema(String name, String cname, int size, int align, List<FieldSchema> fields)
    implements ValueType {
  public StructSchema {
    fields = List.copyOf(fields);
  }

  /** Whether the bytes have more than one meaning, or none; then they are shown as bytes. */
  public boolean isUnion() {
    int end = 0;
    for (FieldSchema field : fields) {
      if (field.offset() < end) {
        return true;
      }
      end = field.offset() + field.size();
    }
    return fields.isEmpty();
  }

  /** The field of this name, as in the source or in C. */
  public Optional<FieldSchema> field(String wanted) {
    return fields.stream()
        .filter(f -> f.name().equals(wanted) || f.cname().equals(wanted))
        .findFirst();
  }
}

package dev.whistler.runtime.schema;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A field of a struct.
 *
 * @param name as in the source
 * @param cname a C identifier: the member name in JSON
 * @param offset bytes from the start of the struct
 * @param size bytes of the whole field
 * @param type type of the field, or of the elements of an array
 * @param count elements of an array, 0 where the field is none
 * @param kind how it is rendered; null: a plain number, object or array
 * @param labels for the kind {@code enum}, label by value of the field's type
 */
public record FieldSchema(
    String name,
    String cname,
    int offset,
    int size,
    ValueType type,
    int count,
    @Nullable Kind kind,
    Map<Long, String> labels) {
  public FieldSchema {
    labels = Map.copyOf(labels);
  }

  public boolean isArray() {
    return count > 0;
  }
}

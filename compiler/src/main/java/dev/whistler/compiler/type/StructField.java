package dev.whistler.compiler.type;

import org.jspecify.annotations.Nullable;

/**
 * A field of a {@code defstruct}.
 *
 * @param name source name
 * @param cName C name
 * @param offset bytes from the start of the struct
 * @param type the field's own type, or its element's type for an array
 * @param count elements of an array, or -1 when the field is no array
 * @param kind the kind declared with {@code :as}, or null; inference results live in the schema
 * @param doc documentation or null
 */
public record StructField(
    String name,
    String cName,
    int offset,
    FieldType type,
    int count,
    @Nullable Kind kind,
    @Nullable String doc) {

  /** Whether the field is an array. */
  public boolean isArray() {
    return count >= 0;
  }

  /** Bytes of the whole field. */
  public int size() {
    return type.size() * (isArray() ? count : 1);
  }

  /** The type of a field or element: a scalar or a nested struct. */
  public sealed interface FieldType {
    /** Size in bytes. */
    int size();

    /**
     * A scalar.
     *
     * @param type which
     */
    record Scalar(ScalarType type) implements FieldType {
      @Override
      public int size() {
        return type.width();
      }
    }

    /**
     * A nested struct.
     *
     * @param layout which
     */
    record Nested(StructLayout layout) implements FieldType {
      @Override
      public int size() {
        return layout.size();
      }
    }
  }
}

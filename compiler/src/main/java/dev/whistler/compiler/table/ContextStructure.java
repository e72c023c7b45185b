package dev.whistler.compiler.table;

import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The context structure of a program type (appendix B).
 *
 * @param name C name
 * @param fields in order of offset; fields may share an offset
 */
public record ContextStructure(String name, List<Field> fields) {
  public ContextStructure {
    fields = List.copyOf(fields);
  }

  /**
   * A field.
   *
   * @param name source name
   * @param offset bytes
   * @param type what is loaded: u64 for pointers of 8 bytes, u32 for packet pointers of 32 bits
   * @param count elements of an array, or -1
   * @param region what the value points into, or null for a number
   */
  public record Field(
      String name, int offset, ScalarType type, int count, @Nullable Region region) {
    public boolean isArray() {
      return count >= 0;
    }

    /** Bytes of the whole field. */
    public int size() {
      return type.width() * (isArray() ? count : 1);
    }
  }

  /** The field of that source name. */
  public Optional<Field> field(String fieldName) {
    return fields.stream().filter(f -> f.name().equals(fieldName)).findFirst();
  }

  /** Fields, or elements of array fields, that start at an offset. */
  public List<Field> at(int offset) {
    return fields.stream()
        .filter(
            f ->
                offset >= f.offset()
                    && offset < f.offset() + f.size()
                    && (offset - f.offset()) % f.type().width() == 0)
        .toList();
  }
}

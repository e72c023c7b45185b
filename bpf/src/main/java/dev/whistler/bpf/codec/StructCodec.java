package dev.whistler.bpf.codec;

import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A struct as a map from the names of its fields to their values, in the order of the fields.
 * Padding, and fields that a written value lacks, are 0.
 */
public final class StructCodec implements Codec<Map<String, Object>> {
  private final int size;
  private final Map<String, Field> fields = new LinkedHashMap<>();

  private StructCodec(int size) {
    this.size = size;
  }

  /**
   * A field.
   *
   * @param offset bytes from the beginning of the struct
   */
  public record Field(String name, int offset, Codec<?> codec) {}

  /**
   * Puts a struct together.
   *
   * @param size bytes, padding at the end included
   * @param fields that do not overlap
   * @throws CodecException if a field lies outside, or two have one name
   */
  public static StructCodec of(int size, List<Field> fields) {
    StructCodec struct = new StructCodec(Codecs.requireSize(size));
    for (Field field : fields) {
      if (field.offset < 0 || (long) field.offset + field.codec.size() > size) {
        throw new CodecException(
            "field %s of %d bytes at %d lies outside of a struct of %d bytes"
                .formatted(field.name, field.codec.size(), field.offset, size));
      }
      Field any = new Field(field.name, field.offset, AnyCodec.of(field.codec));
      if (struct.fields.put(field.name, any) != null) {
        throw new CodecException("two fields of a struct are called " + field.name);
      }
    }
    return struct;
  }

  /** The fields in order. */
  public List<Field> fields() {
    return List.copyOf(fields.values());
  }

  @Override
  public Class<?> type() {
    return Map.class;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Map<String, Object> decode(MemorySegment source) {
    Map<String, Object> values = new LinkedHashMap<>();
    fields.forEach((name, field) -> values.put(name, field.codec.decode(part(field, source))));
    return Collections.unmodifiableMap(values);
  }

  @Override
  public void encode(Map<String, Object> value, MemorySegment target) {
    value.forEach(
        (name, part) -> {
          Field field = fields.get(name);
          if (field == null) {
            throw new CodecException(
                "there is no field " + name + "; there are " + fields.keySet());
          }
          try {
            any(field).encode(Objects.requireNonNull(part, name), part(field, target));
          } catch (CodecException e) {
            throw new CodecException("field " + name + ": " + e.getMessage(), e);
          }
        });
  }

  @SuppressWarnings("unchecked") // of() wrapped it
  private static Codec<Object> any(Field field) {
    return (Codec<Object>) field.codec;
  }

  private static MemorySegment part(Field field, MemorySegment whole) {
    return whole.asSlice(field.offset, field.codec.size());
  }
}

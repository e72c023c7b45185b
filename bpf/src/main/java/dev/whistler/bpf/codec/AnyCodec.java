package dev.whistler.bpf.codec;

import java.lang.foreign.MemorySegment;

/**
 * A codec whose type is known at run time only. What it is given is checked against that type;
 * integers of any width are taken where they fit, since nobody writes {@code (short) 80} in a map.
 */
final class AnyCodec implements Codec<Object> {
  private final Codec<Object> codec;

  @SuppressWarnings("unchecked") // encode checks each value
  private AnyCodec(Codec<?> codec) {
    this.codec = (Codec<Object>) codec;
  }

  static Codec<Object> of(Codec<?> codec) {
    return codec instanceof AnyCodec any ? any : new AnyCodec(codec);
  }

  /** The codec inside. */
  Codec<?> codec() {
    return codec;
  }

  @Override
  public Class<?> type() {
    return codec.type();
  }

  @Override
  public int size() {
    return codec.size();
  }

  @Override
  public Object decode(MemorySegment source) {
    return codec.decode(source);
  }

  @Override
  public void encode(Object value, MemorySegment target) {
    codec.encode(type().isInstance(value) ? value : converted(value), target);
  }

  private Object converted(Object value) {
    if (value instanceof Byte || value instanceof Short || value instanceof Integer) {
      return integer(((Number) value).longValue());
    }
    if (value instanceof Long number) {
      return integer(number);
    }
    throw new CodecException(
        "a %s was given where a %s belongs"
            .formatted(value.getClass().getSimpleName(), type().getSimpleName()));
  }

  private Object integer(long value) {
    if (type() == Long.class) {
      return value;
    }
    if (type() == Integer.class && value == (int) value) {
      return (int) value;
    }
    throw new CodecException(
        "the number %d was given where a %s belongs".formatted(value, type().getSimpleName()));
  }
}

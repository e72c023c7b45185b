package dev.whistler.bpf.codec;

import java.lang.foreign.MemorySegment;

/**
 * Turns bytes of a fixed size, in the kernel's layout, into a value and back. What {@code encode}
 * writes, {@code decode} reads as an equal value.
 *
 * <p>The codecs of this package are immutable and may be used by any thread.
 *
 * @param <T> the Java type of the values
 */
public interface Codec<T> {
  /** The class of the values, boxed. */
  Class<?> type();

  /** Bytes of each value, ≥ 0. */
  int size();

  /**
   * Reads a value.
   *
   * @param source exactly {@link #size()} bytes, at any alignment; not kept
   */
  T decode(MemorySegment source);

  /**
   * Writes a value.
   *
   * @param target exactly {@link #size()} bytes, at any alignment, all 0
   * @throws CodecException if the value does not fit
   */
  void encode(T value, MemorySegment target);

  /**
   * The bytes of a value.
   *
   * @throws CodecException if the value does not fit
   */
  default byte[] toBytes(T value) {
    byte[] bytes = new byte[size()];
    encode(value, MemorySegment.ofArray(bytes));
    return bytes;
  }

  /**
   * The value of bytes.
   *
   * @throws CodecException if there are more or fewer than {@link #size()}
   */
  default T fromBytes(byte[] bytes) {
    if (bytes.length != size()) {
      throw new CodecException("a value has " + size() + " bytes here, not " + bytes.length);
    }
    return decode(MemorySegment.ofArray(bytes));
  }
}

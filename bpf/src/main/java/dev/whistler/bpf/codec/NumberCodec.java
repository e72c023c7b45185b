package dev.whistler.bpf.codec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.function.LongFunction;

/** Integers of 1 to 8 bytes, little-endian. */
final class NumberCodec<N extends Number> implements Codec<N> {
  private final String name;
  private final Class<N> type;
  private final int size;
  private final boolean signed;
  private final LongFunction<N> box;

  private NumberCodec(String name, Class<N> type, int size, boolean signed, LongFunction<N> box) {
    this.name = name;
    this.type = type;
    this.size = size;
    this.signed = signed;
    this.box = box;
  }

  static Codec<Integer> ofInt(String name, int size, boolean signed) {
    return new NumberCodec<>(name, Integer.class, size, signed, word -> (int) word);
  }

  static Codec<Long> ofLong(String name, int size, boolean signed) {
    return new NumberCodec<>(name, Long.class, size, signed, word -> word);
  }

  @Override
  public Class<?> type() {
    return type;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public N decode(MemorySegment source) {
    return box.apply(narrowed(word(source), 8 * size, signed));
  }

  @Override
  public void encode(N value, MemorySegment target) {
    long word = value.longValue();
    if (narrowed(word, 8 * size, signed) != word) {
      throw new CodecException(word + " is no " + name);
    }
    putWord(word, target);
  }

  /** The low bits of a word as a number of so many bits. */
  static long narrowed(long word, int bits, boolean signed) {
    int unused = Long.SIZE - bits;
    return signed ? word << unused >> unused : word << unused >>> unused;
  }

  /** Up to 8 bytes as the low ones of a word. */
  static long word(MemorySegment source) {
    long word = 0;
    for (int i = 0; i < source.byteSize(); i++) {
      word |= (source.get(JAVA_BYTE, i) & 0xffL) << 8 * i;
    }
    return word;
  }

  static void putWord(long word, MemorySegment target) {
    for (int i = 0; i < target.byteSize(); i++) {
      target.set(JAVA_BYTE, i, (byte) (word >>> 8 * i));
    }
  }
}

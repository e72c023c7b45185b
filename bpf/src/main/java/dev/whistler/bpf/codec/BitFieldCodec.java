package dev.whistler.bpf.codec;

import java.lang.foreign.MemorySegment;

/** A bit-field; it leaves the other bits of its bytes as they are, since fields share bytes. */
final class BitFieldCodec implements Codec<Long> {
  private final int shift;
  private final int bits;
  private final boolean signed;

  /**
   * @param shift bits below it in its first byte, 0 to 7
   * @param bits its width; with the shift at most 64
   */
  BitFieldCodec(int shift, int bits, boolean signed) {
    if (shift + bits > Long.SIZE) {
      throw new CodecException("a bit-field lies across more than 8 bytes; give bytes for it");
    }
    this.shift = shift;
    this.bits = bits;
    this.signed = signed;
  }

  @Override
  public Class<?> type() {
    return Long.class;
  }

  @Override
  public int size() {
    return (shift + bits + 7) / 8;
  }

  @Override
  public Long decode(MemorySegment source) {
    return NumberCodec.narrowed(NumberCodec.word(source) >>> shift, bits, signed);
  }

  @Override
  public void encode(Long value, MemorySegment target) {
    if (NumberCodec.narrowed(value, bits, signed) != value) {
      throw new CodecException(value + " is no number of " + bits + " bits");
    }
    long mask = -1L >>> Long.SIZE - bits << shift;
    NumberCodec.putWord(NumberCodec.word(target) & ~mask | value << shift & mask, target);
  }
}

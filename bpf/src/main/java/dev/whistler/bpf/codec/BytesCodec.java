package dev.whistler.bpf.codec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/** Raw bytes. */
record BytesCodec(int size) implements Codec<byte[]> {
  @Override
  public Class<?> type() {
    return byte[].class;
  }

  @Override
  public byte[] decode(MemorySegment source) {
    return source.toArray(JAVA_BYTE);
  }

  @Override
  public void encode(byte[] value, MemorySegment target) {
    if (value.length != size) {
      throw new CodecException(value.length + " bytes were given, there are " + size);
    }
    MemorySegment.copy(value, 0, target, JAVA_BYTE, 0, size);
  }
}

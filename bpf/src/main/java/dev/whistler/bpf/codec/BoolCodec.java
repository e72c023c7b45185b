package dev.whistler.bpf.codec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/** A truth value of one byte. */
final class BoolCodec implements Codec<Boolean> {
  @Override
  public Class<?> type() {
    return Boolean.class;
  }

  @Override
  public int size() {
    return 1;
  }

  @Override
  public Boolean decode(MemorySegment source) {
    return source.get(JAVA_BYTE, 0) != 0;
  }

  @Override
  public void encode(Boolean value, MemorySegment target) {
    target.set(JAVA_BYTE, 0, (byte) (value ? 1 : 0));
  }
}

package dev.whistler.runtime.decode;

import dev.whistler.runtime.schema.ScalarType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Little-endian, unaligned reads: the memory of x86-64 and arm64 kernels. */
final class Numbers {
  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Numbers() {}

  /** The value as a word: extended by the type's sign. */
  static long read(ScalarType type, MemorySegment source, long at) {
    return switch (type) {
      case U8 -> source.get(ValueLayout.JAVA_BYTE, at) & 0xff;
      case I8 -> source.get(ValueLayout.JAVA_BYTE, at);
      case U16 -> source.get(SHORT, at) & 0xffff;
      case I16 -> source.get(SHORT, at);
      case U32 -> source.get(INT, at) & 0xffff_ffffL;
      case I32 -> source.get(INT, at);
      case U64, I64 -> source.get(LONG, at);
    };
  }
}

package dev.whistler.tier.object;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Little-endian bytes; whatever lies outside of them is an object cut off. */
final class Bytes {
  private static final int MAXIMUM_NAME_BYTES = 4096;

  private final ByteBuffer buffer;

  Bytes(ByteBuffer buffer) {
    this.buffer = buffer.order(ByteOrder.LITTLE_ENDIAN);
  }

  int size() {
    return buffer.limit();
  }

  private int at(long offset, int bytes) {
    if (offset < 0 || offset > buffer.limit() - bytes) {
      throw new MalformedException("it is cut off, or says that something lies beyond its end");
    }
    return (int) offset;
  }

  int u8(long offset) {
    return Byte.toUnsignedInt(buffer.get(at(offset, 1)));
  }

  int u16(long offset) {
    return Short.toUnsignedInt(buffer.getShort(at(offset, 2)));
  }

  int s16(long offset) {
    return buffer.getShort(at(offset, 2));
  }

  int i32(long offset) {
    return buffer.getInt(at(offset, 4));
  }

  /** An unsigned number. */
  long u32(long offset) {
    return Integer.toUnsignedLong(i32(offset));
  }

  long i64(long offset) {
    return buffer.getLong(at(offset, 8));
  }

  Bytes slice(long offset, long size) {
    if (size < 0 || size > buffer.limit()) {
      throw new MalformedException("it is cut off, or says that something lies beyond its end");
    }
    return new Bytes(buffer.slice(at(offset, (int) size), (int) size));
  }

  /** The text at an offset, which a zero byte ends. */
  String text(long offset) {
    int start = at(offset, 1);
    int end = start;
    while (u8(end) != 0) {
      end++;
      if (end - start > MAXIMUM_NAME_BYTES) {
        throw new MalformedException("a name in it is longer than 4096 bytes");
      }
    }
    byte[] text = new byte[end - start];
    buffer.get(start, text);
    return new String(text, StandardCharsets.UTF_8);
  }
}

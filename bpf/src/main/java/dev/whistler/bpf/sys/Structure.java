package dev.whistler.bpf.sys;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads and writes C structures of the kernel held in byte arrays; little-endian. */
public final class Structure {
  private final ByteBuffer bytes;

  /** Over the array, which is not copied. */
  public Structure(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** An unsigned 16-bit member. */
  public int getShort(int offset) {
    return Short.toUnsignedInt(bytes.getShort(offset));
  }

  /** A 32-bit member. */
  public int getInt(int offset) {
    return bytes.getInt(offset);
  }

  /** A 64-bit member. */
  public long getLong(int offset) {
    return bytes.getLong(offset);
  }

  /** A char array of at most {@code room} bytes, ended by a zero byte if shorter. */
  public String getText(int offset, int room) {
    int length = 0;
    while (length < room && bytes.get(offset + length) != 0) {
      length++;
    }
    return new String(bytes.array(), offset, length, StandardCharsets.UTF_8);
  }

  /** Sets an 8-bit member. */
  public Structure putByte(int offset, int value) {
    bytes.put(offset, (byte) value);
    return this;
  }

  /** Sets a 16-bit member. */
  public Structure putShort(int offset, int value) {
    bytes.putShort(offset, (short) value);
    return this;
  }

  /** Sets a 32-bit member. */
  public Structure putInt(int offset, int value) {
    bytes.putInt(offset, value);
    return this;
  }

  /** Sets a 64-bit member. */
  public Structure putLong(int offset, long value) {
    bytes.putLong(offset, value);
    return this;
  }

  /** The array. */
  public byte[] bytes() {
    return bytes.array();
  }
}

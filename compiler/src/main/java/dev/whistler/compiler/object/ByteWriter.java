package dev.whistler.compiler.object;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing little-endian byte sequence. */
final class ByteWriter {
  private byte[] bytes = new byte[256];
  private int size;

  private int claim(int count) {
    int at = size;
    if (at + count > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, at + count));
    }
    size += count;
    return at;
  }

  ByteWriter u8(int value) {
    int at = claim(1);
    bytes[at] = (byte) value;
    return this;
  }

  ByteWriter u16(int value) {
    return u8(value).u8(value >> 8);
  }

  ByteWriter u32(int value) {
    return u16(value).u16(value >> 16);
  }

  ByteWriter u64(long value) {
    return u32((int) value).u32((int) (value >> 32));
  }

  ByteWriter raw(byte[] more) {
    int at = claim(more.length);
    System.arraycopy(more, 0, bytes, at, more.length);
    return this;
  }

  ByteWriter zeros(int count) {
    claim(count);
    return this;
  }

  /** A string in UTF-8 with its NUL. */
  ByteWriter text(String text) {
    return raw(text.getBytes(StandardCharsets.UTF_8)).u8(0);
  }

  /** Pads with zeros to a multiple of {@code alignment}. */
  ByteWriter align(int alignment) {
    return zeros(Math.floorMod(-size, alignment));
  }

  int size() {
    return size;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }
}

package dev.whistler.compiler.object;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing little-endian byte sequence. */
final class ByteWriter {
  private static final VarHandle U16 = view(short[].class);
  private static final VarHandle U32 = view(int[].class);
  private static final VarHandle U64 = view(long[].class);

  private byte[] bytes = new byte[256];
  private int size;

  private static VarHandle view(Class<?> array) {
    return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.LITTLE_ENDIAN);
  }

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
    int at = claim(2);
    U16.set(bytes, at, (short) value);
    return this;
  }

  ByteWriter u32(int value) {
    int at = claim(4);
    U32.set(bytes, at, value);
    return this;
  }

  ByteWriter u64(long value) {
    int at = claim(8);
    U64.set(bytes, at, value);
    return this;
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

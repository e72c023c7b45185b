package dev.whistler.runtime.decode;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing byte array to which JSON is appended. Reused from record to record; used by one thread.
 */
public final class JsonBuffer {
  private static final VarHandle PAIR =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  /** The two decimal digits of 0 to 99, the first in the low byte. */
  private static final short[] DECIMAL = new short[100];

  /** The two hexadecimal digits of a byte, the first in the low byte. */
  private static final short[] HEX = new short[256];

  private static final long[] POWERS = new long[20];

  static {
    for (int i = 0; i < 100; i++) {
      DECIMAL[i] = (short) ('0' + i / 10 | '0' + i % 10 << 8);
    }
    for (int i = 0; i < 256; i++) {
      HEX[i] = (short) (Character.forDigit(i >> 4, 16) | Character.forDigit(i & 15, 16) << 8);
    }
    POWERS[0] = 1;
    for (int i = 1; i < 20; i++) {
      POWERS[i] = POWERS[i - 1] * 10;
    }
  }

  private byte[] bytes;
  private int length;

  public JsonBuffer(int capacity) {
    bytes = new byte[capacity];
  }

  /** The array written to; valid until the next write. */
  public byte[] array() {
    return bytes;
  }

  public int length() {
    return length;
  }

  public void clear() {
    length = 0;
  }

  /** Makes room for so many more bytes and returns the array. */
  byte[] reserve(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(length, more)));
    }
    return bytes;
  }

  /** Sets the length after bytes were written into the reserved room, or takes bytes back. */
  void truncate(int newLength) {
    length = newLength;
  }

  public void append(byte[] text) {
    byte[] room = reserve(text.length);
    System.arraycopy(text, 0, room, length, text.length);
    length += text.length;
  }

  public void append(char ascii) {
    reserve(1)[length++] = (byte) ascii;
  }

  /** The low byte as two lower-case hexadecimal digits. */
  void hex(int value) {
    PAIR.set(reserve(2), length, HEX[value & 0xff]);
    length += 2;
  }

  /** A number from 0 to 99 as exactly two digits. */
  void twoDigits(int value) {
    PAIR.set(reserve(2), length, DECIMAL[value]);
    length += 2;
  }

  /** A number from 0 to 255 without leading zeros. */
  void octet(int value) {
    if (value >= 100) {
      append((char) ('0' + value / 100));
      twoDigits(value % 100);
    } else if (value >= 10) {
      twoDigits(value);
    } else {
      append((char) ('0' + value));
    }
  }

  public void signed(long value) {
    if (value < 0) {
      append('-');
      unsigned(-value); // -(-2^63) is 2^63 as unsigned
    } else {
      unsigned(value);
    }
  }

  public void unsigned(long value) {
    int digits = digits(value);
    byte[] room = reserve(digits);
    int at = length + digits;
    length = at;
    long rest = value;
    if (rest < 0) {
      long quotient = Long.divideUnsigned(rest, 100);
      at -= 2;
      PAIR.set(room, at, DECIMAL[(int) (rest - quotient * 100)]);
      rest = quotient;
    }
    while (rest >= 100) {
      long quotient = rest / 100;
      at -= 2;
      PAIR.set(room, at, DECIMAL[(int) (rest - quotient * 100)]);
      rest = quotient;
    }
    if (rest >= 10) {
      PAIR.set(room, at - 2, DECIMAL[(int) rest]);
    } else {
      room[at - 1] = (byte) ('0' + rest);
    }
  }

  /** A number with exactly nine digits, for fractions of a second. */
  void nineDigits(int value) {
    byte[] room = reserve(9);
    int rest = value;
    for (int at = length + 7; at > length; at -= 2) {
      int quotient = rest / 100;
      PAIR.set(room, at, DECIMAL[rest - quotient * 100]);
      rest = quotient;
    }
    room[length] = (byte) ('0' + rest);
    length += 9;
  }

  private static int digits(long value) {
    if (value < 0) {
      return Long.compareUnsigned(value, POWERS[19]) >= 0 ? 20 : 19;
    }
    // log10 from log2: 1233/4096 is just above log10(2)
    int estimate = (64 - Long.numberOfLeadingZeros(value | 1)) * 1233 >> 12;
    return value < POWERS[estimate] && estimate > 0 ? estimate : estimate + 1;
  }

  @Override
  public String toString() {
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }
}

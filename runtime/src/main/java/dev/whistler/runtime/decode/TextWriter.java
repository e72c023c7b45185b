package dev.whistler.runtime.decode;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * JSON strings from bytes of unknown origin: invalid UTF-8 becomes U+FFFD (one for each maximal
 * part of a sequence, as the Unicode standard recommends), and every control character, DEL and the
 * C1 set included, is escaped, so that a record cannot steer the terminal it is printed on.
 */
final class TextWriter {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGHS = 0x8080_8080_8080_8080L;

  /** Longest escape of one byte: a backslash, a u and four digits. */
  private static final int MAX_EXPANSION = 6;

  private TextWriter() {}

  /** The text up to the first NUL or the end of the area, in quotes. */
  static void quoted(MemorySegment source, long at, int size, JsonBuffer out) {
    byte[] room = out.reserve(size + 10);
    int start = out.length();
    room[start] = '"';
    MemorySegment.copy(source, ValueLayout.JAVA_BYTE, at, room, start + 1, size);
    int plain = plainBytes(room, start + 1, size);
    int end = start + 1 + plain;
    if (plain == size || room[end] == 0) {
      room[end] = '"';
      out.truncate(end + 1);
      return;
    }
    int rest = size - plain;
    byte[] odd = new byte[rest];
    System.arraycopy(room, end, odd, 0, rest);
    out.truncate(end);
    escaped(odd, out);
    out.append('"');
  }

  /** Any text in quotes. */
  static void quoted(String text, JsonBuffer out) {
    out.append('"');
    escaped(text.replace("\0", "\uFFFD").getBytes(StandardCharsets.UTF_8), out);
    out.append('"');
  }

  /** How many bytes from the start need no thought: printable ASCII but quote and backslash. */
  private static int plainBytes(byte[] bytes, int start, int size) {
    int i = 0;
    // Reading eight bytes at once may go past the area; the room reserved allows for it.
    while (i < size) {
      long word = (long) WORD.get(bytes, start + i);
      long odd =
          (word - ONES * 0x20) & ~word // below a space
              | zeroBytes(word ^ ONES * '"')
              | zeroBytes(word ^ ONES * '\\')
              | zeroBytes(word ^ ONES * 0x7f)
              | word;
      odd &= HIGHS;
      if (odd != 0) {
        return Math.min(size, i + (Long.numberOfTrailingZeros(odd) >> 3));
      }
      i += 8;
    }
    return size;
  }

  private static long zeroBytes(long word) {
    return (word - ONES) & ~word;
  }

  private static void escaped(byte[] text, JsonBuffer out) {
    out.reserve(text.length * MAX_EXPANSION);
    int i = 0;
    while (i < text.length && text[i] != 0) {
      int b = text[i] & 0xff;
      if (b < 0x80) {
        ascii(b, out);
        i++;
        continue;
      }
      int need =
          b >= 0xc2 && b < 0xe0 ? 1 : b >= 0xe0 && b < 0xf0 ? 2 : b >= 0xf0 && b < 0xf5 ? 3 : 0;
      int have = continuation(text, i, need);
      if (need == 0 || have < need) {
        replacement(out);
      } else if (b == 0xc2 && (text[i + 1] & 0xff) < 0xa0) {
        control(text[i + 1] & 0xff, out);
      } else {
        for (int k = 0; k <= need; k++) {
          out.append((char) (text[i + k] & 0xff));
        }
      }
      i += have + 1;
    }
  }

  /** Continuation bytes at hand that keep the sequence well-formed (Unicode, table 3-7). */
  private static int continuation(byte[] text, int at, int need) {
    int lead = text[at] & 0xff;
    int have = 0;
    while (have < need && at + have + 1 < text.length) {
      int next = text[at + have + 1] & 0xff;
      int low = 0x80;
      int high = 0xbf;
      if (have == 0) {
        switch (lead) {
          case 0xe0 -> low = 0xa0;
          case 0xed -> high = 0x9f;
          case 0xf0 -> low = 0x90;
          case 0xf4 -> high = 0x8f;
          default -> {}
        }
      }
      if (next < low || next > high) {
        break;
      }
      have++;
    }
    return have;
  }

  private static void ascii(int c, JsonBuffer out) {
    switch (c) {
      case '"', '\\' -> {
        out.append('\\');
        out.append((char) c);
      }
      case '\n' -> escape('n', out);
      case '\r' -> escape('r', out);
      case '\t' -> escape('t', out);
      case '\b' -> escape('b', out);
      case '\f' -> escape('f', out);
      default -> {
        if (c < 0x20 || c == 0x7f) {
          control(c, out);
        } else {
          out.append((char) c);
        }
      }
    }
  }

  private static void escape(char letter, JsonBuffer out) {
    out.append('\\');
    out.append(letter);
  }

  private static void control(int c, JsonBuffer out) {
    escape('u', out);
    out.append('0');
    out.append('0');
    out.hex(c);
  }

  private static void replacement(JsonBuffer out) {
    out.append((char) 0xef);
    out.append((char) 0xbf);
    out.append((char) 0xbd);
  }
}

package dev.whistler.runtime.decode;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Network addresses as quoted text. */
final class AddressWriter {
  private AddressWriter() {}

  /** Four bytes in the order of the wire. */
  static void ipv4(MemorySegment source, long at, JsonBuffer out) {
    out.append('"');
    dotted(Integer.reverseBytes(source.get(Numbers.INT, at)), out);
    out.append('"');
  }

  /** A number in the order of this machine. */
  static void ipv4Host(MemorySegment source, long at, JsonBuffer out) {
    out.append('"');
    dotted(source.get(Numbers.INT, at), out);
    out.append('"');
  }

  static void mac(MemorySegment source, long at, JsonBuffer out) {
    out.append('"');
    for (int i = 0; i < 6; i++) {
      if (i > 0) {
        out.append(':');
      }
      out.hex(source.get(ValueLayout.JAVA_BYTE, at + i));
    }
    out.append('"');
  }

  /** 16 bytes in the order of the wire, as RFC 5952 writes them. */
  static void ipv6(MemorySegment source, long at, JsonBuffer out) {
    long high = Long.reverseBytes(source.get(Numbers.LONG, at));
    long low = Long.reverseBytes(source.get(Numbers.LONG, at + 8));
    out.append('"');
    if (high == 0 && low >>> 32 == 0xffff) {
      // RFC 5952 §5: a well-known prefix with an IPv4 address behind it
      out.append(MAPPED);
      dotted((int) low, out);
    } else {
      groups(high, low, out);
    }
    out.append('"');
  }

  private static final byte[] MAPPED = {':', ':', 'f', 'f', 'f', 'f', ':'};

  private static int group(long high, long low, int index) {
    long half = index < 4 ? high : low;
    return (int) (half >>> (3 - (index & 3)) * 16) & 0xffff;
  }

  private static void groups(long high, long low, JsonBuffer out) {
    int bestStart = -1;
    int bestLength = 1; // RFC 5952 §4.2.2: a single zero group is not shortened
    for (int i = 0; i < 8; ) {
      int end = i;
      while (end < 8 && group(high, low, end) == 0) {
        end++;
      }
      if (end - i > bestLength) {
        bestStart = i;
        bestLength = end - i;
      }
      i = end + 1;
    }
    for (int i = 0; i < 8; i++) {
      if (i == bestStart) {
        out.append(':');
        out.append(':');
        i += bestLength - 1;
        continue;
      }
      if (i > 0 && i != bestStart + bestLength || i > 0 && bestStart < 0) {
        out.append(':');
      }
      hexGroup(group(high, low, i), out);
    }
  }

  private static void hexGroup(int value, JsonBuffer out) {
    boolean started = false;
    for (int shift = 12; shift >= 0; shift -= 4) {
      int digit = value >> shift & 15;
      if (digit != 0 || started || shift == 0) {
        out.append(Character.forDigit(digit, 16));
        started = true;
      }
    }
  }

  private static void dotted(int address, JsonBuffer out) {
    out.octet(address >>> 24);
    out.append('.');
    out.octet(address >>> 16 & 0xff);
    out.append('.');
    out.octet(address >>> 8 & 0xff);
    out.append('.');
    out.octet(address & 0xff);
  }
}

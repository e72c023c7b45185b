package dev.whistler.runtime.encode;

import java.net.InetAddress;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** Network addresses from text, without any look-up. */
final class Addresses {
  private static final Pattern IPV4 =
      Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})");
  private static final Pattern MAC = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");
  private static final int MAX_IPV6_TEXT = 45;

  private Addresses() {}

  /** Four bytes in the order of the wire. */
  static byte[] ipv4(String text, String path) throws EncodeException {
    var match = IPV4.matcher(text);
    byte[] bytes = new byte[4];
    boolean fits = match.matches();
    for (int i = 0; fits && i < 4; i++) {
      int octet = Integer.parseInt(match.group(i + 1));
      fits = octet <= 255;
      bytes[i] = (byte) octet;
    }
    if (!fits) {
      throw new EncodeException(path, "is no IPv4 address such as 10.0.0.7: '" + text + "'.");
    }
    return bytes;
  }

  /** 16 bytes in the order of the wire. */
  static byte[] ipv6(String text, String path) throws EncodeException {
    if (text.contains(":") && !text.contains("%") && text.length() <= MAX_IPV6_TEXT) {
      try {
        byte[] bytes = InetAddress.ofLiteral(text).getAddress();
        return bytes.length == 16 ? bytes : mapped(bytes);
      } catch (IllegalArgumentException _) {
        // said below
      }
    }
    throw new EncodeException(path, "is no IPv6 address such as 2001:db8::7: '" + text + "'.");
  }

  /** The JDK turns ::ffff:a.b.c.d into an IPv4 address. */
  private static byte[] mapped(byte[] ipv4) {
    byte[] bytes = new byte[16];
    bytes[10] = (byte) 0xff;
    bytes[11] = (byte) 0xff;
    System.arraycopy(ipv4, 0, bytes, 12, 4);
    return bytes;
  }

  static byte[] mac(String text, String path) throws EncodeException {
    if (!MAC.matcher(text).matches()) {
      throw new EncodeException(
          path, "is no hardware address such as 02:42:ac:11:00:02: '" + text + "'.");
    }
    return HexFormat.ofDelimiter(":").parseHex(text);
  }
}

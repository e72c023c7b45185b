package dev.whistler.runtime.encode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Keys of tries (BPF_MAP_TYPE_LPM_TRIE) from text: {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or an
 * address alone, which is a prefix of all its bits.
 */
public final class Prefix {
  /** Bytes of the number before the address. */
  private static final int LENGTH_BYTES = 4;

  private Prefix() {}

  /**
   * The key of a prefix.
   *
   * @param bytes of a key: 8 for IPv4, 20 for IPv6
   * @param path how the key is called in messages
   */
  public static byte[] encode(String text, int bytes, String path) throws EncodeException {
    int slash = text.indexOf('/');
    String host = slash < 0 ? text : text.substring(0, slash);
    byte[] address = host.contains(":") ? Addresses.ipv6(host, path) : Addresses.ipv4(host, path);
    if (address.length != bytes - LENGTH_BYTES) {
      throw new EncodeException(
          path,
          "is a prefix of %d bytes, and the map's keys have %d; give an object with its fields."
              .formatted(address.length, bytes - LENGTH_BYTES));
    }
    int length = slash < 0 ? address.length * 8 : bits(text.substring(slash + 1));
    if (length < 0 || length > address.length * 8) {
      throw new EncodeException(
          path, "is '%s'; the length behind / is 0 to %d.".formatted(text, address.length * 8));
    }
    return ByteBuffer.allocate(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(length)
        .put(address)
        .array();
  }

  private static int bits(String text) {
    return text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : -1;
  }
}

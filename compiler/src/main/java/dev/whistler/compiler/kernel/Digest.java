package dev.whistler.compiler.kernel;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * SHA-256 in hexadecimal digits, of one text or of a list of texts, each of them preceded by its
 * length so that lists cannot be confused. Texts count as UTF-8.
 */
public final class Digest {
  private final MessageDigest hash = sha256();

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static String of(String text) {
    return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** One more text. */
  public Digest add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    hash.update(ByteBuffer.allocate(8).putLong(bytes.length).flip());
    hash.update(bytes);
    return this;
  }

  /** The digest of what was added; ends it. */
  public String hex() {
    return HexFormat.of().formatHex(hash.digest());
  }
}

package dev.whistler.crds;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A SHA-256 digest.
 *
 * @param hex 64 lower-case hex digits
 */
public record Digest(String hex) {
  private static final int HEX_DIGITS = 64;
  private static final int NAME_DIGITS = 40;

  public Digest {
    if (hex.length() != HEX_DIGITS) {
      throw new IllegalArgumentException("a SHA-256 has 64 hex digits, not " + hex.length());
    }
  }

  /** The digest of bytes. */
  public static Digest of(byte[] bytes) {
    try {
      return new Digest(
          HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The digest of a text in UTF-8. */
  public static Digest ofText(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The first 40 digits: what content-addressed objects are named (a label value holds 63). */
  public String name() {
    return hex.substring(0, NAME_DIGITS);
  }
}

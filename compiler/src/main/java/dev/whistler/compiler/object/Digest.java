package dev.whistler.compiler.object;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of a list of texts, each preceded by its length so that lists cannot be confused. */
final class Digest {
  private final MessageDigest hash;

  Digest() {
    try {
      hash = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  Digest add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    hash.update(ByteBuffer.allocate(8).putLong(bytes.length).flip());
    hash.update(bytes);
    return this;
  }

  String hex() {
    return HexFormat.of().formatHex(hash.digest());
  }
}

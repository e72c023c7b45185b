package dev.whistler.testbed.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** Keys and certificates as text (RFC 7468). */
final class Pem {

  private static final int LINE = 64;

  private Pem() {}

  /** Writes one such file and yields its path. */
  static Path write(Path file, String label, byte[] der) throws IOException {
    String body = Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(der);
    return Files.writeString(
        file, "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n");
  }
}

package dev.whistler.crds;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Gzip in memory, bounded: what is decompressed comes from objects that an attacker may write. */
public final class Gzip {
  private Gzip() {}

  /** Compresses. */
  public static byte[] compress(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 4 + 64);
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return out.toByteArray();
  }

  /**
   * Decompresses.
   *
   * @param maxBytes most bytes of the result
   * @throws MalformedContentException if this is no gzip or more than that
   */
  public static byte[] decompress(byte[] gzip, int maxBytes) throws MalformedContentException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
      byte[] bytes = in.readNBytes(maxBytes);
      if (in.read() >= 0) {
        throw new MalformedContentException(
            "The compressed content is longer than " + maxBytes + " bytes.");
      }
      return bytes;
    } catch (IOException e) {
      throw new MalformedContentException("The content is not valid gzip: " + e.getMessage() + ".");
    }
  }
}

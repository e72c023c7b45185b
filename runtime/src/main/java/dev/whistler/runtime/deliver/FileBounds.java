package dev.whistler.runtime.deliver;

import java.util.function.BooleanSupplier;

/**
 * How much a file of records may take.
 *
 * @param maxBytes of one file, 64 KiB to 1 TiB; a file is longer only where one record is
 * @param maxFiles earlier files that are kept beside it as {@code name.1} (the newest) and so on, 0
 *     to 1000
 * @param exhausted whether all files that share a bound take as much as they may together; nothing
 *     is written meanwhile
 */
public record FileBounds(long maxBytes, int maxFiles, BooleanSupplier exhausted) {
  /** 64 MiB and four earlier files: 320 MiB in all. */
  public static final FileBounds DEFAULT = new FileBounds(64L << 20, 4);

  /** A file that shares its bounds with no other. */
  public FileBounds(long maxBytes, int maxFiles) {
    this(maxBytes, maxFiles, () -> false);
  }

  public FileBounds {
    if (maxBytes < 64L << 10 || maxBytes > 1L << 40) {
      throw new IllegalArgumentException(
          "A file of records holds 64 KiB to 1 TiB, not " + maxBytes + " bytes.");
    }
    if (maxFiles < 0 || maxFiles > 1000) {
      throw new IllegalArgumentException(
          "Of a file of records 0 to 1000 earlier ones are kept, not " + maxFiles + ".");
    }
  }
}

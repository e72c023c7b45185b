package dev.whistler.testbed.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Disk images with an ext4 file system. */
public final class GuestDisk {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final long MIB = 1 << 20;

  /** Room for the file system's own tables. */
  private static final int OVERHEAD_MIB = 32;

  private static final String SUFFIX = ".ext4";

  private GuestDisk() {}

  /** Puts files into the root of a guest. */
  @FunctionalInterface
  public interface Content {
    void fill(GuestRoot root) throws GuestException;
  }

  /**
   * An image that is only read, from a cache. One that is not there is made, and takes the place of
   * others of its kind.
   *
   * @param cache a folder that may be created
   * @param kind first part of the file's name
   * @param key what the content is made from, as a file name
   * @param content fills the root
   */
  public static Path cached(Path cache, String kind, String key, Content content)
      throws GuestException {
    Path image = cache.resolve(kind + "-" + key + SUFFIX);
    if (Files.isRegularFile(image)) {
      return image;
    }
    try (GuestRoot root = GuestRoot.create()) {
      Files.createDirectories(cache);
      content.fill(root);
      Path made = Files.createTempFile(cache, "disk", ".tmp");
      try {
        format(
            made, megabytes(root.folder()) + OVERHEAD_MIB, List.of("-d", root.folder().toString()));
        removeOthers(cache, kind);
        return Files.move(made, image, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(made);
      }
    } catch (IOException e) {
      throw new GuestException("cannot make a disk image in " + cache + ": " + e.getMessage(), e);
    }
  }

  /** An empty disk. */
  public static Path empty(Path image, int megabytes) throws GuestException {
    format(image, megabytes, List.of());
    return image;
  }

  private static void format(Path image, long megabytes, List<String> more) throws GuestException {
    var _ =
        HostCommand.run(
            LIMIT,
            null,
            Stream.of(
                    Stream.of("mke2fs", "-q", "-F", "-t", "ext4", "-m", "0"),
                    more.stream(),
                    Stream.of(image.toString(), megabytes + "M"))
                .flatMap(words -> words)
                .toList());
  }

  private static long megabytes(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      long bytes =
          files
              .filter(Files::isRegularFile)
              .mapToLong(file -> Math.ceilDiv(file.toFile().length(), 4096) * 4096)
              .sum();
      return Math.ceilDiv(bytes, MIB) * 21 / 20;
    }
  }

  private static void removeOthers(Path cache, String kind) throws IOException {
    try (Stream<Path> files = Files.list(cache)) {
      for (Path file : files.toList()) {
        String name = String.valueOf(file.getFileName());
        if (name.startsWith(kind + "-") && name.endsWith(SUFFIX)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}

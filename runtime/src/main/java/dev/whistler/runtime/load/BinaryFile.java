package dev.whistler.runtime.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A binary as it was when a probe was put into it: the kernel keeps to the file, not to its name.
 */
final class BinaryFile {
  private final Path path;
  private final @Nullable Object key;

  BinaryFile(Path path) {
    this.path = path;
    this.key = key(path);
  }

  /** Device and file number; null if there is no such file. */
  private static @Nullable Object key(Path path) {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    } catch (IOException _) {
      return null;
    }
  }

  /** Whether the path leads to another file now, or to none. */
  boolean isReplaced() {
    return !Objects.equals(key, key(path));
  }
}

package dev.whistler.testbed.image;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Folders as a whole. */
final class Trees {
  private Trees() {}

  /** Copies a file or folder; what symbolic links lead to is copied in their place. */
  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> sources = Files.walk(from, FileVisitOption.FOLLOW_LINKS)) {
      for (Path source : sources.sorted().toList()) {
        Path target = to.resolve(from.relativize(source).toString());
        if (Files.isDirectory(source)) {
          Files.createDirectories(target);
        } else {
          Files.createDirectories(Objects.requireNonNull(target.getParent()));
          Files.copy(
              source,
              target,
              StandardCopyOption.COPY_ATTRIBUTES,
              StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  /**
   * Regular files and folders below {@code folder}, itself left out, in the order of their names.
   */
  static List<Path> content(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> !file.equals(folder)).sorted().toList();
    }
  }
}

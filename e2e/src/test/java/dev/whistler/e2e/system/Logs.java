package dev.whistler.e2e.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Where tests leave the logs of operator and agents, for whoever looks into a failure. */
final class Logs {

  private Logs() {}

  static Path directory(String name) {
    try {
      Path directory = Files.createDirectories(Path.of("target", "e2e-logs", name));
      try (Stream<Path> files = Files.list(directory)) {
        for (Path ofAnEarlierRun : files.toList()) {
          Files.delete(ofAnEarlierRun);
        }
      }
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

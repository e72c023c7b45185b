package dev.whistler.runtime.deliver;

import java.nio.file.Path;

/** A destination of records. */
public sealed interface SinkSpec {
  /** Name in counters and messages: letters, digits, {@code -}, {@code _} and {@code .}. */
  String name();

  /** Standard output of this process, one JSON object a line. */
  record Stdout(String name) implements SinkSpec {
    public Stdout() {
      this("stdout");
    }
  }

  /**
   * A file, appended to, one JSON object a line; created with mode 0600 when missing.
   *
   * @param path a file below a directory that exists; symbolic links are not followed
   */
  record File(String name, Path path) implements SinkSpec {
    public File(Path path) {
      this("file", path);
    }
  }
}

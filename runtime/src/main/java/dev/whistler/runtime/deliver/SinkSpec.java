package dev.whistler.runtime.deliver;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

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
   * <p>With bounds the file is ours: it is rotated, made again (with its directory) when somebody
   * moved or removed it, and a line that a killed process broke off is cut from its end. Without,
   * it is appended to and nothing else, and may be a pipe or a device.
   *
   * @param path a file below a directory that exists; symbolic links are not followed
   * @param bounds null: it grows as it will
   */
  record File(String name, Path path, @Nullable FileBounds bounds) implements SinkSpec {
    public File(String name, Path path) {
      this(name, path, null);
    }

    public File(Path path) {
      this("file", path);
    }
  }
}

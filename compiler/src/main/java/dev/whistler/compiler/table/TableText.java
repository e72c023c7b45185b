package dev.whistler.compiler.table;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads a table kept as a text resource of this package: comment lines start with {@code #}. */
final class TableText {
  private TableText() {}

  /** The lines of a table without comments and blank lines. */
  static List<String> lines(String resource) {
    try (InputStream in = TableText.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the compiler's table " + resource + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the compiler's table " + resource, e);
    }
  }

  /** The cells of a line separated by bars. */
  static List<String> cells(String line) {
    return List.of(line.split("\\|", -1)).stream().map(String::strip).toList();
  }
}

package dev.whistler.tier.table;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** Reads a table kept as a text resource of this package: comment lines start with {@code #}. */
final class TableText {
  private TableText() {}

  /**
   * The rows of a table.
   *
   * @param columns how many cells each row must have
   */
  static List<List<String>> rows(String resource, int columns) {
    try (InputStream in = TableText.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the table " + resource + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> row(resource, line, columns))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the table " + resource, e);
    }
  }

  private static List<String> row(String resource, String line, int columns) {
    List<String> cells = Stream.of(line.split("\\|", -1)).map(String::strip).toList();
    if (cells.size() != columns) {
      throw new IllegalStateException(resource + " has a row of another width: " + line);
    }
    return cells;
  }

  /** The words of a cell. */
  static List<String> words(String cell) {
    return cell.isEmpty() ? List.of() : List.of(cell.split(" "));
  }
}

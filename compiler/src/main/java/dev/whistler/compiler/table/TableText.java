package dev.whistler.compiler.table;

import dev.whistler.compiler.source.ResourceText;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads a table kept as a text resource of this package: comment lines start with {@code #}. */
final class TableText {
  private TableText() {}

  /** The lines of a table without comments and blank lines. */
  static List<String> lines(String resource) {
    return ResourceText.of(TableText.class, resource)
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .toList();
  }

  /** The cells of each line, separated by bars; a line without just that many cells fails. */
  static List<List<String>> rows(String resource, int columns) {
    return lines(resource).stream().map(line -> cells(resource, line, columns)).toList();
  }

  private static List<String> cells(String resource, String line, int columns) {
    List<String> cells = Stream.of(line.split("\\|", -1)).map(String::strip).toList();
    if (cells.size() != columns) {
      throw new IllegalStateException(
          "a row of " + resource + " has not " + columns + " cells: " + line);
    }
    return cells;
  }

  static List<String> words(String cell) {
    return cell.isEmpty() ? List.of() : List.of(cell.split(" "));
  }

  /** The constant of an enum that a word such as {@code keeps-context} names. */
  static <E extends Enum<E>> E constant(Class<E> type, String word) {
    return Enum.valueOf(type, word.replace('-', '_').toUpperCase(Locale.ROOT));
  }

  /** The constants that the words of a cell name. */
  static <E extends Enum<E>> Set<E> constants(Class<E> type, String cell) {
    return words(cell).stream().map(word -> constant(type, word)).collect(Collectors.toSet());
  }
}

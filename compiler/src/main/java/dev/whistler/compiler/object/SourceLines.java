package dev.whistler.compiler.object;

import dev.whistler.compiler.source.SourceText;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The lines of the source texts, for line information. */
final class SourceLines {
  private final Map<String, List<String>> lines = new HashMap<>();

  SourceLines(List<SourceText> sources) {
    for (SourceText source : sources) {
      lines.putIfAbsent(source.name(), source.text().replace('\0', ' ').lines().toList());
    }
  }

  /**
   * The text of a line; empty when there is none.
   *
   * @param line from 1
   */
  String text(String file, int line) {
    List<String> all = lines.getOrDefault(file, List.of());
    return line >= 1 && line <= all.size() ? all.get(line - 1) : "";
  }
}

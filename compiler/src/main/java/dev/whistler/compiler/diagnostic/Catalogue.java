package dev.whistler.compiler.diagnostic;

import dev.whistler.compiler.source.ResourceText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What there is to say about every {@link Code}: meaning, smallest example, remedy. The text is the
 * resource {@code catalogue.txt} of this package; {@code docs/diagnostics.md} is made from it.
 */
public final class Catalogue {
  private static final String INDENT = "    ";
  private static final String NO_EXAMPLE = "No example: ";
  private static final String REMEDY = "Remedy: ";

  /**
   * What there is to say about one code.
   *
   * @param meaning what the compiler found, in one or two sentences
   * @param example the smallest source that gives the code; empty if no source does. A first line
   *     {@code ;; knob NAME=VALUE}, {@code ;; tier NAME} or {@code ;; without a kernel description}
   *     says how it is compiled
   * @param whyNoExample why no source gives the code; empty if there is an example
   * @param remedy what to do
   */
  public record Entry(
      String meaning, Optional<String> example, Optional<String> whyNoExample, String remedy) {}

  private static final Map<Code, Entry> ENTRIES = read();

  private Catalogue() {}

  /** All entries in the order of {@link Code}. */
  public static Map<Code, Entry> entries() {
    return ENTRIES;
  }

  private static Map<Code, Entry> read() {
    Map<Code, Entry> entries = new EnumMap<>(Code.class);
    for (String section : ResourceText.of(Catalogue.class, "catalogue.txt").split("(?m)^## ")) {
      if (section.isBlank()) {
        continue;
      }
      int end = section.indexOf('\n');
      Code code = Code.valueOf(section.substring(0, end).strip().replace('-', '_'));
      if (entries.put(code, entry(section.substring(end).lines().toList())) != null) {
        throw new IllegalStateException("the catalogue describes " + code.text() + " twice");
      }
    }
    return Collections.unmodifiableMap(entries);
  }

  private static Entry entry(List<String> lines) {
    List<String> example = new ArrayList<>();
    String meaning = "";
    String reason = "";
    String remedy = "";
    for (String line : lines) {
      if (line.startsWith(INDENT)) {
        example.add(line.substring(INDENT.length()));
      } else if (line.startsWith(REMEDY)) {
        remedy = line.substring(REMEDY.length());
      } else if (line.startsWith(NO_EXAMPLE)) {
        reason = line.substring(NO_EXAMPLE.length());
      } else if (!line.isBlank()) {
        meaning = line;
      }
    }
    return new Entry(
        meaning,
        example.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", example) + "\n"),
        reason.isEmpty() ? Optional.empty() : Optional.of(reason),
        remedy);
  }
}

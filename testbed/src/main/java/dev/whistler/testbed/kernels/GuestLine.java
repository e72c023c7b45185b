package dev.whistler.testbed.kernels;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One test's outcome as a line on a guest's console: a mark, the outcome, class, name, milliseconds
 * and detail, separated by tabs. Line breaks in the detail are escaped.
 *
 * @param className of the test
 * @param name of the test within its class
 * @param millis how long it took
 * @param detail why it was skipped, or the stack trace of its failure; empty where it passed
 */
public record GuestLine(
    Outcome outcome, String className, String name, long millis, String detail) {
  private static final String MARK = "##test";
  private static final int MAXIMUM_DETAIL = 6_000;
  private static final Pattern LINE =
      Pattern.compile(MARK + "\t(PASSED|SKIPPED|FAILED)\t([^\t]*)\t([^\t]*)\t(\\d{1,12})\t(.*)");

  /** How a test ended. */
  public enum Outcome {
    PASSED,
    SKIPPED,
    FAILED
  }

  /** The line, without its end. */
  public String text() {
    String shortened =
        detail.length() <= MAXIMUM_DETAIL ? detail : detail.substring(0, MAXIMUM_DETAIL) + "…";
    return String.join(
        "\t",
        MARK,
        outcome.name(),
        escaped(className),
        escaped(name),
        Long.toString(millis),
        escaped(shortened));
  }

  /** The outcome that a line tells of, wherever in the line it begins; empty for other lines. */
  public static Optional<GuestLine> parse(String line) {
    int mark = line.indexOf(MARK + "\t");
    Matcher match = LINE.matcher(mark < 0 ? "" : line.substring(mark));
    if (!match.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new GuestLine(
            Outcome.valueOf(match.group(1)),
            unescaped(match.group(2)),
            unescaped(match.group(3)),
            Long.parseLong(match.group(4)),
            unescaped(match.group(5))));
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "");
  }

  private static String unescaped(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        i++;
        plain.append(
            switch (text.charAt(i)) {
              case 'n' -> '\n';
              case 't' -> '\t';
              default -> text.charAt(i);
            });
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }
}

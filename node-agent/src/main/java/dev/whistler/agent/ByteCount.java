package dev.whistler.agent;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes as Kubernetes writes it: {@code 67108864}, {@code 64Mi}.
 *
 * @param count bytes, ≥ 1
 */
public record ByteCount(long count) {

  private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,11})(Ki|Mi|Gi)?");

  /**
   * Reads a number of bytes.
   *
   * @throws IllegalArgumentException if it has another form
   */
  public static ByteCount of(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'%s' is no number of bytes; write it as 64Mi.".formatted(text));
    }
    int shift =
        switch (matcher.group(2)) {
          case null -> 0;
          case "Ki" -> 10;
          case "Mi" -> 20;
          default -> 30;
        };
    return new ByteCount(Long.parseLong(matcher.group(1)) << shift);
  }
}

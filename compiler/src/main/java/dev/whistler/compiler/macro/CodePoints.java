package dev.whistler.compiler.macro;

import org.jspecify.annotations.Nullable;

/**
 * Strings by code points: an index at macro time counts characters, not the UTF-16 units of Java's
 * strings. The string asked for last is kept taken apart, so that a loop over its indices takes
 * time in proportion to its length; taking a string apart is charged.
 */
final class CodePoints {
  /** Characters taken apart for one step. */
  private static final int PER_STEP = 16;

  private final Meter meter;
  private @Nullable String last;
  private int[] points = {};

  CodePoints(Meter meter) {
    this.meter = meter;
  }

  /** The code points of a string; not to be changed. */
  int[] of(String text) {
    // By identity: equal strings cost a comparison that nobody would pay for.
    if (!isLast(text)) {
      meter.steps(1 + text.length() / PER_STEP);
      points = text.codePoints().toArray();
      last = text;
    }
    return points;
  }

  @SuppressWarnings("ReferenceEquality")
  private boolean isLast(String text) {
    return text == last;
  }

  /** How many characters a string has. */
  static int count(CharSequence text) {
    return Character.codePointCount(text, 0, text.length());
  }

  /** The text of some code points. */
  static String text(int[] points, int start, int end) {
    return new String(points, start, end - start);
  }

  /** The beginning of a text, cut between characters. */
  static String head(CharSequence text, int units) {
    if (text.length() <= units) {
      return text.toString();
    }
    int end = Character.isHighSurrogate(text.charAt(units - 1)) ? units - 1 : units;
    return text.subSequence(0, end).toString();
  }
}

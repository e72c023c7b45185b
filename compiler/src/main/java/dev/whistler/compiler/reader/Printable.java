package dev.whistler.compiler.reader;

import java.util.Locale;

/** How a single character is shown in a message. */
final class Printable {
  private Printable() {}

  static String of(int codePoint) {
    boolean plain = (codePoint > ' ' && codePoint < 0x7f) || Character.isLetterOrDigit(codePoint);
    return plain ? Character.toString(codePoint) : String.format(Locale.ROOT, "U+%04X", codePoint);
  }
}

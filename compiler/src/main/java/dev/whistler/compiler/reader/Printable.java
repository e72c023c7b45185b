package dev.whistler.compiler.reader;

/** How a single character is shown in a message. */
final class Printable {
  private Printable() {}

  static String of(int codePoint) {
    boolean plain = (codePoint > ' ' && codePoint < 0x7f) || Character.isLetterOrDigit(codePoint);
    return plain ? Character.toString(codePoint) : "U+%04X".formatted(codePoint);
  }
}

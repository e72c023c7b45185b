package dev.whistler.operator.status;

/** Keeps texts from elsewhere (agents, compiler) within the bounds that the CRDs state. */
final class Texts {
  /** Most characters of a message in a list. */
  static final int MESSAGE = 1024;

  /** Most characters of a condition's message. */
  static final int CONDITION = 4096;

  private static final String SENTENCE_END = ".!?…";

  private Texts() {}

  /** Text on one line that ends as a sentence does. */
  static String sentence(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.isEmpty() || SENTENCE_END.indexOf(line.charAt(line.length() - 1)) >= 0
        ? line
        : line + ".";
  }

  static String clip(String text, int max) {
    return text.length() <= max ? text : text.substring(0, max - 1) + "…";
  }
}

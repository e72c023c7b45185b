package dev.whistler.compiler.source;

/** Bytes that are no source text. The message is one sentence; the range is where they go wrong. */
public final class MalformedTextException extends Exception {
  private static final long serialVersionUID = 1;

  private final String before;
  private final transient SourceRange range;

  MalformedTextException(String before, SourceRange range, String message) {
    super(message);
    this.before = before;
    this.range = range;
  }

  /** The text up to there. */
  String before() {
    return before;
  }

  /** The first character that could not be decoded. */
  public SourceRange range() {
    return range;
  }
}

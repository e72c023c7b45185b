package dev.whistler.compiler.source;

/** Bytes that are no source text. The message is one sentence; the range is where they go wrong. */
public final class MalformedTextException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient SourceRange range;

  MalformedTextException(SourceRange range, String message) {
    super(message);
    this.range = range;
  }

  /** The first character that could not be decoded. */
  public SourceRange range() {
    return range;
  }
}

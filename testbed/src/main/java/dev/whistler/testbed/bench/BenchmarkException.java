package dev.whistler.testbed.bench;

/** A benchmark cannot go on; the message says what to do about it. */
public final class BenchmarkException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With a whole sentence for the user. */
  public BenchmarkException(String message) {
    super(message);
  }
}

package dev.whistler.tier.flow;

/** An object whose check is not worth its time. */
public final class TooComplexException extends RuntimeException {
  private static final long serialVersionUID = 1;

  TooComplexException(String message) {
    super(message);
  }
}

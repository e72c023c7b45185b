package dev.whistler.testbed.image;

/** An image cannot be built; the message says what to do about it. */
public final class ImageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With a whole sentence for the user. */
  public ImageException(String message) {
    super(message);
  }

  /** With a whole sentence for the user, and what failed. */
  public ImageException(String message, Throwable cause) {
    super(message, cause);
  }
}

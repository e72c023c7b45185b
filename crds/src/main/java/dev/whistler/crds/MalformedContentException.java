package dev.whistler.crds;

/** The content of an object is not what its kind promises. The message is one sentence. */
public final class MalformedContentException extends Exception {
  private static final long serialVersionUID = 1;

  /** With a sentence that says what is wrong. */
  public MalformedContentException(String message) {
    super(message);
  }
}

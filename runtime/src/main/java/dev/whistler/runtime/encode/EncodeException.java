package dev.whistler.runtime.encode;

/** A JSON value does not fit its type; the message begins with the path of the value. */
public final class EncodeException extends Exception {
  private static final long serialVersionUID = 1;

  public EncodeException(String path, String problem) {
    super((path.isEmpty() ? "The value" : path) + " " + problem);
  }
}

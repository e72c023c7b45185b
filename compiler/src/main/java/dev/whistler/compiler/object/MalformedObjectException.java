package dev.whistler.compiler.object;

/** Bytes are no object that this compiler writes. The message is one sentence that says where. */
public final class MalformedObjectException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public MalformedObjectException(String message) {
    super(message, null, false, false);
  }
}

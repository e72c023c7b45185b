package dev.whistler.testbed.sandbox;

/** A sandbox cannot be had or not be removed; the message ends in what the user can do about it. */
public final class SandboxException extends IllegalStateException {

  private static final long serialVersionUID = 1;

  public SandboxException(String message) {
    super(message);
  }

  public SandboxException(String message, Throwable cause) {
    super(message, cause);
  }
}

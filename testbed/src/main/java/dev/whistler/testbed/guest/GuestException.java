package dev.whistler.testbed.guest;

/** A guest could not be prepared, booted, or did not end in time. */
public final class GuestException extends Exception {
  private static final long serialVersionUID = 1;

  public GuestException(String message) {
    super(message);
  }

  public GuestException(String message, Throwable cause) {
    super(message, cause);
  }
}

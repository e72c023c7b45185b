package dev.whistler.runtime;

import org.jspecify.annotations.Nullable;

/** A program could not be started or updated; nothing of the attempt is left in the kernel. */
public final class StartException extends Exception {
  private static final long serialVersionUID = 1;

  private final FailureReason reason;
  private final String detail;

  /**
   * @param reason what kind of failure
   * @param message one sentence a user can act on
   */
  public StartException(FailureReason reason, String message) {
    this(reason, message, "", null);
  }

  public StartException(
      FailureReason reason, String message, String detail, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.detail = detail;
  }

  public FailureReason reason() {
    return reason;
  }

  /** More text where there is some, such as the whole verifier log; else empty. */
  public String detail() {
    return detail;
  }
}

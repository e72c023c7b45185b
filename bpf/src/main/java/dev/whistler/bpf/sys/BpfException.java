package dev.whistler.bpf.sys;

import org.jspecify.annotations.Nullable;

/**
 * Anything that this library could not do. The message says what was asked for, what happened, and
 * ends in a sentence that a user can act on; the subclass says what kind of failure it is.
 */
public class BpfException extends RuntimeException {
  /** A failure without a cause in another exception. */
  public BpfException(String message) {
    super(message);
  }

  /** A failure with a cause. */
  public BpfException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

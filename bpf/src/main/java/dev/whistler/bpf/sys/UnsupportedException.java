package dev.whistler.bpf.sys;

import org.jspecify.annotations.Nullable;

/** This kernel, or this process's capabilities, cannot do what was asked for. */
public final class UnsupportedException extends BpfException {
  /** What is not supported, and why. */
  public UnsupportedException(String message) {
    super(message);
  }

  /** What is not supported, and the refusal that showed it. */
  public UnsupportedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

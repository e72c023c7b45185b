package dev.whistler.agent.work;

import dev.whistler.runtime.RunningProgram;
import dev.whistler.runtime.StartException;

/** Makes an assignment run on this machine. */
@FunctionalInterface
public interface Loader {

  /**
   * Fetches, checks, loads and attaches.
   *
   * @throws UnavailableException when its artifact cannot be had now; worth another try
   * @throws StartException when it does not run here; nothing of it is left in the kernel
   */
  RunningProgram load(Assignment assignment) throws UnavailableException, StartException;

  /** The artifact is not there yet, or nobody answers. */
  final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1;

    public UnavailableException(String message, Throwable cause) {
      super(message, cause);
    }

    public UnavailableException(String message) {
      super(message);
    }
  }
}

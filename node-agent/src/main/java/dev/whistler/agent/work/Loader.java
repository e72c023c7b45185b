package dev.whistler.agent.work;

import dev.whistler.runtime.RunningProgram;
import dev.whistler.runtime.StartException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes an assignment run on this machine. */
public interface Loader {

  /**
   * Fetches, checks, loads and attaches; or adopts what an earlier agent left of it.
   *
   * @param current the program's revision that runs now, which is replaced without a gap and is
   *     stopped on return; null if none does
   * @throws UnavailableException when its artifact cannot be had now; worth another try
   * @throws StartException when it does not run here; nothing of it is left in the kernel, and the
   *     current revision goes on
   */
  RunningProgram load(Assignment assignment, @Nullable RunningProgram current)
      throws UnavailableException, StartException;

  /** Takes out of the kernel what earlier agents left there, but for the programs of these uids. */
  void retain(Set<String> uids);

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

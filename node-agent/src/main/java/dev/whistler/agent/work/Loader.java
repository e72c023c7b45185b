package dev.whistler.agent.work;

import dev.whistler.runtime.RunningProgram;
import dev.whistler.runtime.StartException;
import dev.whistler.runtime.account.ProgramCounters;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes an assignment run on this machine. */
public interface Loader {

  /**
   * Gets what an assignment needs from outside and checks it; nothing on this machine changes.
   *
   * @throws UnavailableException when its artifact cannot be had now; worth another try
   * @throws StartException when it is not what it should be
   */
  Prepared prepare(Assignment assignment) throws UnavailableException, StartException;

  /** An assignment that is ready to be loaded. */
  interface Prepared {

    /** Kernel memory that its maps take once they are full, in bytes. */
    long mapBytes();

    /**
     * Loads and attaches; or adopts what an earlier agent left of it.
     *
     * @param current the program's revision that runs now, which is replaced without a gap and is
     *     stopped on return; null if none does
     * @throws StartException when it does not run here; nothing of it is left in the kernel, and
     *     the current revision goes on
     */
    Started start(@Nullable RunningProgram current) throws StartException;

    /**
     * Loads and gives up again; nothing is attached, and what runs is not touched.
     *
     * @throws StartException {@code VERIFIER_REJECTED} or why else it does not load here
     */
    void verify() throws StartException;
  }

  /**
   * What was started.
   *
   * @param ended counts of the revision before it that this one does not go on from
   */
  record Started(RunningProgram program, ProgramCounters ended) {}

  /** What earlier agents left in the kernel. */
  List<Leftover> leftovers() throws StartException;

  /**
   * A program that an earlier agent left.
   *
   * @param uid of the WhistlerProgram
   * @param pinned what it is; empty if its pins do not say it
   */
  record Leftover(String uid, Optional<Pinned> pinned) {}

  /**
   * What is pinned.
   *
   * @param assignment what was assigned to the earlier agent
   * @param mapBytes kernel memory that its maps may take
   */
  record Pinned(Assignment assignment, long mapBytes) {}

  /**
   * Goes on with what an earlier agent left, by nothing but what is pinned.
   *
   * @throws StartException when that cannot be done; it stays as it is
   */
  RunningProgram adopt(Pinned pinned) throws StartException;

  /**
   * Takes what an earlier agent left of a program out of the kernel; does nothing if there is
   * nothing.
   */
  void remove(String uid) throws StartException;

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

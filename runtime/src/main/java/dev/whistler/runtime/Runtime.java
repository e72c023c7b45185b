package dev.whistler.runtime;

import dev.whistler.bpf.LoadOptions;
import dev.whistler.runtime.adopt.PinOwnership;
import dev.whistler.runtime.adopt.ProgramPins;
import dev.whistler.runtime.deliver.SinkSpec;
import dev.whistler.runtime.load.ObjectLoading;
import dev.whistler.tier.Tier;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Starts programs on this machine. */
public final class Runtime {
  private Runtime() {}

  /**
   * Loads the object, seeds its maps, attaches its programs and begins to deliver its records.
   *
   * <p>On return every program of the object that has somewhere to attach is attached. On failure
   * nothing of it is left in the kernel.
   *
   * <p>With a pin directory, a program of the same uid, revision and object that an earlier process
   * left there is adopted: it goes on at its position in the rings, with its counts. Another
   * revision that is pinned under the uid is adopted and replaced, as by {@link #update}, and one
   * that another version of this runtime left is removed once the new one is attached; {@link
   * RunningProgram#notAdopted} says why. An update in which the earlier process ended is completed
   * or undone before.
   *
   * <p>The process owns what it has pinned until it stops or leaves it, or ends.
   *
   * @throws StartException with a typed reason and a sentence that says what to do; {@code IN_USE}
   *     if another process owns the pins and does not end within 5 s
   */
  public static RunningProgram start(RunRequest request) throws StartException {
    return Starting.start(request);
  }

  /**
   * Replaces a running program by another revision without a gap: at each place where both are
   * attached, every event runs exactly one of them. Where the kernel cannot exchange programs (BTF
   * tracepoints, fentry, LSM, programs that may sleep) both run for a short time, and records tell
   * them apart by their revision. Rings whose records are the same go on, with their counts; other
   * rings are read to their end first.
   *
   * @param current started by this class and still running; stopped on return
   * @param next the new revision of the same uid, with the same pin directory or none
   *     <p>A stop of the current one that comes meanwhile waits, and gives its counts.
   * @throws StartException if the new revision cannot run; the current one goes on as before. What
   *     fails after every place runs the new one degrades that one and is no failure.
   */
  public static Updated update(RunningProgram current, RunRequest next) throws StartException {
    if (!(current instanceof LiveProgram live)) {
      throw new IllegalArgumentException(current + " was not started here");
    }
    return Starting.update(live, next);
  }

  /**
   * Loads an object and gives it up again: what the kernel's verifier says of it is known then.
   * Nothing is attached, and nothing of it is left in the kernel on return.
   *
   * @param tier what the object may do
   * @throws StartException with a typed reason, {@code VERIFIER_REJECTED} among them
   */
  public static void verify(byte[] object, Tier tier) throws StartException {
    ObjectLoading.read(object, null, tier).load(LoadOptions.defaults()).close();
  }

  /**
   * The uids of the programs that are pinned below a directory, whoever runs them.
   *
   * @throws StartException {@code TAMPERED} if the directory is not ours alone
   */
  public static List<String> pinned(Path pinDirectory) throws StartException {
    return ProgramPins.uids(pinDirectory);
  }

  /**
   * Takes a pin directory for this process alone, for one who decides about everything in it. A
   * single program needs no such owner: each has its own.
   *
   * @throws StartException {@code IN_USE} with who has it, {@code TAMPERED} if it is not ours alone
   */
  public static PinOwnership own(Path pinDirectory) throws StartException {
    return PinOwnership.take(pinDirectory);
  }

  /**
   * The uid of the program to which belongs what {@link #pinned} lists.
   *
   * @param pinned one of its names
   */
  public static String uidOf(String pinned) {
    return ProgramPins.programOf(pinned);
  }

  /**
   * The note of a program that is pinned, as its last request gave it.
   *
   * @return empty if it had none, or if it cannot be read
   * @throws StartException {@code TAMPERED} if the directories are not ours alone
   */
  public static Optional<byte[]> note(Path pinDirectory, String uid) throws StartException {
    return ProgramPins.note(pinDirectory, uid);
  }

  /**
   * Goes on with a program that an earlier process left pinned, by nothing but its pins: at its
   * position in the rings, with its counts.
   *
   * @param identity of the revision that is pinned
   * @param sinks the same as before, in the same order, if the counts are to go on
   * @throws StartException {@code UNSUPPORTED} if what is pinned is another revision or cannot go
   *     on without its object, {@code IN_USE} if another process owns it and does not end within 5
   *     s; it stays as it is
   */
  public static RunningProgram adopt(Path pinDirectory, Identity identity, List<SinkSpec> sinks)
      throws StartException {
    return adopt(pinDirectory, identity, sinks, Limits.DEFAULT);
  }

  /** The same within other bounds. */
  public static RunningProgram adopt(
      Path pinDirectory, Identity identity, List<SinkSpec> sinks, Limits limits)
      throws StartException {
    return Starting.adopt(pinDirectory, identity, sinks, limits);
  }

  /**
   * Kernel memory that the maps of an object take once they are full, on this machine.
   *
   * @return bytes; an upper bound where the kernel allocates as entries come
   * @throws StartException {@code BAD_OBJECT} if it cannot be read
   */
  public static long mapBytes(byte[] object) throws StartException {
    return ObjectLoading.mapBytes(object);
  }

  /**
   * Removes the pins of a program that nobody runs any more, and with them the program. Of a half
   * done update, which {@link #pinned} lists by a name of its own, the current revision stays.
   *
   * @throws StartException {@code TAMPERED} if the directory is not ours alone, {@code IN_USE} if
   *     somebody runs the program
   */
  public static void remove(Path pinDirectory, String uid) throws StartException {
    Starting.remove(pinDirectory, uid);
  }
}

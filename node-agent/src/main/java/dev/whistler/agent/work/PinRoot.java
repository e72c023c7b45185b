package dev.whistler.agent.work;

import dev.whistler.agent.work.Loader.Leftover;
import dev.whistler.bpf.pin.ForeignDirectoryException;
import dev.whistler.bpf.pin.PinDirectory;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.Runtime;
import dev.whistler.runtime.StartException;
import dev.whistler.runtime.adopt.PinOwnership;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Where programs are pinned, so that they outlive this process: a directory of the agent's own on
 * the node's BPF file system. The next agent adopts what it finds there and wants; all else there
 * has no reader and goes.
 */
public final class PinRoot implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(PinRoot.class);

  private final Path directory;

  // Guarded by this.
  private @Nullable PinOwnership ownership;

  private PinRoot(Path directory) {
    this.directory = directory;
  }

  /** A directory that is taken once its {@link #path} is asked for. */
  public static PinRoot at(Path directory) {
    return new PinRoot(directory);
  }

  /**
   * The directory, which is this agent's alone from now on; made if only the last part of the path
   * is missing, and again if somebody removed it.
   *
   * @throws StartException {@code LOAD_FAILED} if it does not lie in a BPF file system or cannot be
   *     made, {@code TAMPERED} if it belongs to somebody else, or others can write it, {@code
   *     IN_USE} if another agent has it
   */
  public synchronized Path path() throws StartException {
    try {
      var _ = PinDirectory.open(directory);
      if (ownership == null || !ownership.holds()) {
        close(ownership);
        ownership = null;
        ownership = Runtime.own(directory);
      }
      return directory;
    } catch (ForeignDirectoryException e) {
      throw new StartException(
          FailureReason.TAMPERED, "Programs cannot be pinned: " + e.getMessage(), "", e);
    } catch (BpfException e) {
      throw new StartException(
          FailureReason.LOAD_FAILED, "Programs cannot be pinned: " + e.getMessage(), "", e);
    }
  }

  /** What an earlier agent pinned. */
  List<Leftover> leftovers() throws StartException {
    Set<String> uids = new TreeSet<>();
    for (String pinned : Runtime.pinned(path())) {
      uids.add(Runtime.uidOf(pinned));
    }
    List<Leftover> leftovers = new ArrayList<>();
    for (String uid : uids) {
      leftovers.add(
          new Leftover(
              uid, Runtime.note(directory, uid).flatMap(note -> PinnedNote.read(note, uid))));
    }
    return leftovers;
  }

  /** Takes the pins of a program away if there are any, and with them the program. */
  void remove(String uid) throws StartException {
    Runtime.remove(path(), uid);
    LOG.infof("removed the pinned program %s, which is not wanted any more", uid);
  }

  private static void close(@Nullable PinOwnership former) {
    if (former != null) {
      former.close();
    }
  }

  /** Lets another agent have the directory, and takes it away if no program is pinned in it. */
  @Override
  public synchronized void close() {
    try {
      close(ownership);
      ownership = null;
      if (Runtime.pinned(directory).isEmpty()) {
        Files.deleteIfExists(directory);
      }
    } catch (StartException | BpfException | IOException e) {
      LOG.debugf("The pin directory stays: %s", e.getMessage());
    }
  }
}

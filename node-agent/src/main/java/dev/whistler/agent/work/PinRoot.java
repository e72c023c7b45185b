package dev.whistler.agent.work;

import dev.whistler.agent.work.Loader.Leftover;
import dev.whistler.bpf.pin.ForeignDirectoryException;
import dev.whistler.bpf.pin.PinDirectory;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.Runtime;
import dev.whistler.runtime.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jboss.logging.Logger;

/**
 * Where programs are pinned, so that they outlive this process: a directory of the agent's own on
 * the node's BPF file system. The next agent adopts what it finds there and wants; all else there
 * has no reader and goes.
 */
public final class PinRoot implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(PinRoot.class);

  private final Path directory;

  private PinRoot(Path directory) {
    this.directory = directory;
  }

  /**
   * @param directory made if only the last part of the path is missing
   * @throws StartException {@code LOAD_FAILED} if it does not lie in a BPF file system or cannot be
   *     made, {@code TAMPERED} if it belongs to somebody else, or others can write it
   */
  public static PinRoot prepare(Path directory) throws StartException {
    PinRoot root = new PinRoot(directory);
    root.path();
    return root;
  }

  /** The directory; made again if somebody removed it. */
  Path path() throws StartException {
    try {
      var _ = PinDirectory.open(directory);
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

  /** Takes the directory away if no program is pinned in it. */
  @Override
  public void close() {
    try {
      if (Runtime.pinned(directory).isEmpty()) {
        Files.deleteIfExists(directory);
      }
    } catch (StartException | IOException e) {
      LOG.debugf("The pin directory stays: %s", e.getMessage());
    }
  }
}

package dev.whistler.runtime.adopt;

import dev.whistler.bpf.pin.PinDirectory;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.sys.Directories;
import dev.whistler.bpf.sys.Fd;
import dev.whistler.bpf.sys.OpenFile;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import java.nio.file.Path;

/**
 * That a process alone decides what is pinned below a directory. Two that adopt the same pins read
 * the same rings, and each removes what only the other one wants. As for {@link ProgramPins}, owner
 * is who holds flock(2) on the directory, which the kernel takes back when the process ends.
 */
public final class PinOwnership implements AutoCloseable {
  private final Path root;
  private final Fd lock;

  private PinOwnership(Path root, Fd lock) {
    this.root = root;
    this.lock = lock;
  }

  /**
   * Takes a pin directory, without waiting.
   *
   * @throws StartException {@code IN_USE} with who has it, {@code TAMPERED} if it is not ours alone
   */
  public static PinOwnership take(Path root) throws StartException {
    ProgramPins.requireOurs(root);
    try {
      PinDirectory directory = PinDirectory.open(root);
      Fd lock = OpenFile.directory(root);
      if (!Directories.lock(lock)) {
        lock.close();
        String owner =
            ProgramPins.ownerOf(directory).map(ProgramPins::named).orElse("another process");
        throw new StartException(
            FailureReason.IN_USE,
            "The pin directory %s is in use by %s; only one agent may run on a node: remove the other installation, or wait until it has ended."
                .formatted(root, owner));
      }
      ProgramPins.sign(directory);
      return new PinOwnership(root, lock);
    } catch (BpfException e) {
      throw ProgramPins.unusable(root, e);
    }
  }

  /** Whether this is still about the directory of that name, and not about one that is gone. */
  public boolean holds() {
    return OpenFile.isAt(lock, root);
  }

  /** Lets others have it. */
  @Override
  public void close() {
    try {
      if (holds()) {
        PinDirectory.open(root).remove(ProgramPins.OWNER);
      }
    } finally {
      lock.close();
    }
  }
}

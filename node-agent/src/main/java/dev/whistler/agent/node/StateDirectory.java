package dev.whistler.agent.node;

import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The agent's own directory on the node. Records of programs are in it, so nobody but its owner may
 * look into it; the kubelet, which makes it for a {@code hostPath}, lets everybody. One agent only
 * writes there: of two, each would rotate and remove the files of the other.
 */
public final class StateDirectory implements AutoCloseable {

  private static final Set<PosixFilePermission> OURS_ALONE =
      PosixFilePermissions.fromString("rwx------");

  /** Whose record lock tells that the directory is taken; says in a line by whom. */
  private static final String OWNER = ".owner";

  private static final int LONGEST_OWNER = 256;

  private final FileChannel owner;

  private StateDirectory(FileChannel owner) {
    this.owner = owner;
  }

  /**
   * Makes the directory if it is missing, and takes it for this user and this agent alone, until it
   * is closed or the process ends.
   *
   * @param node name of the agent's node, for others that want the directory
   * @throws StartException {@code IN_USE} with who has it
   * @throws IOException with a sentence, if it cannot be made, is no directory or belongs to
   *     somebody else
   */
  public static StateDirectory own(Path directory, String node) throws IOException, StartException {
    try {
      Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OURS_ALONE));
      if (!Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS).equals(OURS_ALONE)) {
        Files.setPosixFilePermissions(directory, OURS_ALONE);
      }
      FileChannel owner =
          FileChannel.open(
              directory.resolve(OWNER),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              LinkOption.NOFOLLOW_LINKS);
      try {
        if (!lock(owner)) {
          throw new StartException(
              FailureReason.IN_USE,
              "The agent's directory %s is in use by %s; only one agent may write there: remove the other installation, give this one a directory of its own, or wait until the other has ended."
                  .formatted(directory, nameIn(owner)));
        }
        sign(owner, node);
        return new StateDirectory(owner);
      } catch (IOException | StartException e) {
        owner.close();
        throw e;
      }
    } catch (IOException e) {
      throw new IOException(
          "The agent's directory %s cannot be made its own (%s); it must be a directory of the user who runs the agent."
              .formatted(directory, e),
          e);
    }
  }

  private static boolean lock(FileChannel owner) throws IOException {
    try {
      return owner.tryLock() != null;
    } catch (OverlappingFileLockException anotherOfThisProcess) {
      return false;
    }
  }

  private static void sign(FileChannel owner, String node) throws IOException {
    owner.truncate(0);
    byte[] name =
        "process %d, the agent of node %s"
            .formatted(ProcessHandle.current().pid(), node)
            .getBytes(StandardCharsets.UTF_8);
    var _ = owner.write(ByteBuffer.wrap(name), 0);
  }

  private static String nameIn(FileChannel owner) throws IOException {
    ByteBuffer name = ByteBuffer.allocate(LONGEST_OWNER);
    int length = owner.read(name, 0);
    return length <= 0
        ? "another agent"
        : new String(name.array(), 0, length, StandardCharsets.UTF_8)
            .replaceAll("[^\\x20-\\x7e]", "?");
  }

  /** Lets another agent have it. */
  @Override
  public void close() throws IOException {
    owner.close();
  }
}

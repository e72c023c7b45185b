package dev.whistler.agent.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The agent's own directory on the node. Records of programs are in it, so nobody but its owner may
 * look into it; the kubelet, which makes it for a {@code hostPath}, lets everybody.
 */
public final class StateDirectory {

  private static final Set<PosixFilePermission> OURS_ALONE =
      PosixFilePermissions.fromString("rwx------");

  private StateDirectory() {}

  /**
   * Makes the directory if it is missing, and takes it for this user alone.
   *
   * @throws IOException with a sentence, if it cannot be made, is no directory or belongs to
   *     somebody else
   */
  public static void prepare(Path directory) throws IOException {
    try {
      Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OURS_ALONE));
      if (!Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS).equals(OURS_ALONE)) {
        Files.setPosixFilePermissions(directory, OURS_ALONE);
      }
    } catch (IOException e) {
      throw new IOException(
          "The agent's directory %s cannot be made its own (%s); it must be a directory of the user who runs the agent."
              .formatted(directory, e),
          e);
    }
  }
}

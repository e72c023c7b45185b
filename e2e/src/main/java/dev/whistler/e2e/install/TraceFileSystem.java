package dev.whistler.e2e.install;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * An agent in a pod finds tracefs mounted by its node. A local one gets its own in a mount name
 * space of its own where the machine mounts none: the machine stays as it is.
 */
final class TraceFileSystem {

  private static final Path MOUNT_POINT = Path.of("/sys/kernel/tracing");

  private TraceFileSystem() {}

  /** Words before a command that needs tracefs; none where it is mounted. */
  static List<String> prefix() {
    if (Files.isDirectory(MOUNT_POINT.resolve("events"))) {
      return List.of();
    }
    return List.of(
        "unshare",
        "--mount",
        "--propagation=private",
        "/bin/sh",
        "-c",
        "mount -t tracefs tracefs " + MOUNT_POINT + " && exec \"$@\"",
        "sh");
  }
}

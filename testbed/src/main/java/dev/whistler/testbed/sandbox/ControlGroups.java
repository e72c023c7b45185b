package dev.whistler.testbed.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The hierarchies of control groups that this machine has mounted.
 *
 * @param unified the version 2 hierarchy, which may have no controllers
 * @param all every hierarchy, the unified one among them
 */
record ControlGroups(Path unified, List<Path> all) {

  private static final int MOUNT_POINT = 4;
  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

  ControlGroups {
    all = List.copyOf(all);
  }

  /**
   * Those of this machine.
   *
   * @throws SandboxException without a hierarchy of version 2
   */
  static ControlGroups ofThisMachine() throws IOException {
    return parse(Files.readAllLines(MOUNTS));
  }

  /** Reads lines of proc(5)'s {@code mountinfo}. */
  static ControlGroups parse(List<String> mounts) {
    List<Path> all = new ArrayList<>();
    Path unified = null;
    for (String mount : mounts) {
      String[] halves = mount.split(" - ", 2);
      if (halves.length < 2 || !halves[1].startsWith("cgroup")) {
        continue;
      }
      Path point = Path.of(halves[0].split(" ", MOUNT_POINT + 2)[MOUNT_POINT]);
      all.add(point);
      if (halves[1].startsWith("cgroup2 ")) {
        unified = point;
      }
    }
    if (unified == null) {
      throw new SandboxException(
          "No control groups of version 2 are mounted: mount them (mount -t cgroup2 none"
              + " /sys/fs/cgroup/unified) so that the cluster's processes can be ended together.");
    }
    return new ControlGroups(unified, all);
  }
}

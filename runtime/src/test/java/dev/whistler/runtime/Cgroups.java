package dev.whistler.runtime;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The machine's control groups of version 2. */
final class Cgroups {
  private static final Path HYBRID = Path.of("/sys/fs/cgroup/unified");

  /** Where their root is, if they are mounted. */
  static final Path ROOT = Files.exists(HYBRID) ? HYBRID : Path.of("/sys/fs/cgroup");

  private Cgroups() {}

  static boolean areMounted() {
    return Files.exists(ROOT.resolve("cgroup.procs"));
  }

  /** A new group of this process, which the test deletes; skips the test where none can be made. */
  static Path create(String purpose) throws IOException {
    assumeTrue(Files.isWritable(ROOT.resolve("cgroup.procs")), "no cgroup v2 at " + ROOT);
    String name = "whistler-" + purpose + "-" + ProcessHandle.current().pid();
    return Files.createDirectory(ROOT.resolve(name));
  }
}

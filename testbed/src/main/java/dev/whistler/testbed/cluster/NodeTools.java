package dev.whistler.testbed.cluster;

import dev.whistler.testbed.machine.HostPrograms;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a node takes from this machine's packages. */
final class NodeTools {

  private static final List<Path> CNI_DIRECTORIES =
      List.of(Path.of("/usr/lib/cni"), Path.of("/opt/cni/bin"));

  private static final String[] NEEDED = {
    "containerd", "ctr", "runc", "iptables", "ip", "unshare", "nsenter", "/bin/busybox"
  };

  private NodeTools() {}

  /** Empty when all is there, else a sentence that says what is missing. */
  static Optional<String> obstacle() {
    if (!"root".equals(System.getProperty("user.name"))) {
      return Optional.of("Only root can run a node on this machine.");
    }
    HostPrograms programs = HostPrograms.read();
    return programs
        .missing("A node", NEEDED)
        .or(
            () ->
                pluginDirectory().isPresent()
                    ? Optional.empty()
                    : programs.missing("A node", CNI_DIRECTORIES.getFirst() + "/ptp"));
  }

  /** Where the plugins of the Container Network Interface are. */
  static Optional<Path> pluginDirectory() {
    return CNI_DIRECTORIES.stream()
        .filter(directory -> Files.isExecutable(directory.resolve("ptp")))
        .findFirst();
  }
}

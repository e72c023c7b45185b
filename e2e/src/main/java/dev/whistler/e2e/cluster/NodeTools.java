package dev.whistler.e2e.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a node takes from this machine's packages. */
final class NodeTools {

  private static final List<Path> BINARY_DIRECTORIES =
      List.of(Path.of("/usr/bin"), Path.of("/usr/sbin"), Path.of("/bin"), Path.of("/sbin"));
  private static final List<Path> CNI_DIRECTORIES =
      List.of(Path.of("/usr/lib/cni"), Path.of("/opt/cni/bin"));

  private static final List<String> BINARIES =
      List.of("containerd", "ctr", "runc", "iptables", "ip", "unshare", "nsenter", "bash");

  private NodeTools() {}

  /** Empty when all is there, else a sentence that says what is missing. */
  static Optional<String> obstacle() {
    if (!"root".equals(System.getProperty("user.name"))) {
      return Optional.of("Only root can run a node on this machine.");
    }
    List<String> missing =
        Stream.of(
                BINARIES.stream().filter(name -> !isInstalled(name)),
                pluginDirectory().isPresent() ? Stream.<String>empty() : Stream.of("CNI plugins"),
                Files.isExecutable(BusyboxImage.BINARY)
                    ? Stream.<String>empty()
                    : Stream.of("busybox"))
            .flatMap(names -> names)
            .toList();
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "A node needs %s: apt-get install containerd runc containernetworking-plugins iptables iproute2 busybox-static."
                .formatted(String.join(", ", missing)));
  }

  /** Where the plugins of the Container Network Interface are. */
  static Optional<Path> pluginDirectory() {
    return CNI_DIRECTORIES.stream()
        .filter(directory -> Files.isExecutable(directory.resolve("ptp")))
        .findFirst();
  }

  private static boolean isInstalled(String name) {
    return BINARY_DIRECTORIES.stream()
        .anyMatch(directory -> Files.isExecutable(directory.resolve(name)));
  }
}

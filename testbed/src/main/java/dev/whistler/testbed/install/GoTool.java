package dev.whistler.testbed.install;

import dev.whistler.testbed.Repository;
import dev.whistler.testbed.UserCache;
import dev.whistler.testbed.cluster.ClusterException;
import dev.whistler.testbed.process.Command;
import dev.whistler.testbed.process.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What users of a cluster work with, each built once from a Go module into the user's cache. */
public enum GoTool {
  /** The real Helm. */
  HELM("helm", "v3.20.2", "testbed/tools/helm", "helm.sh/helm/v3/cmd/helm"),
  /** The real kubectl, of the Kubernetes that test clusters run. */
  KUBECTL("kubectl", "v1.34.4", "testbed/cluster", "k8s.io/kubernetes/cmd/kubectl");

  private static final Duration BUILD_LIMIT = Duration.ofMinutes(15);

  private final String command;
  private final String version;
  private final String module;
  private final String goPackage;

  GoTool(String command, String version, String module, String goPackage) {
    this.command = command;
    this.version = version;
    this.module = module;
    this.goPackage = goPackage;
  }

  /**
   * Finds or builds it.
   *
   * @return the executable file
   * @throws ClusterException where it is not there and cannot be built
   */
  public Path find(Repository repository, Progress progress) {
    Path binary =
        UserCache.directory().resolve("%s/%s/bin/%s".formatted(command, version, command));
    try {
      if (!Files.isExecutable(binary)) {
        progress.say(
            "building %s %s from Go modules (up to 90 s, once)".formatted(command, version));
        build(repository.root().resolve(module), binary);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("%s cannot be built into %s.".formatted(command, binary), e);
    }
    return binary;
  }

  private void build(Path directory, Path binary) throws IOException {
    Path target = Objects.requireNonNull(binary.getParent());
    Files.createDirectories(target);
    // Beside the final place, so that the move is a rename.
    Path unfinished = Files.createTempFile(target, command + "-", ".building");
    try {
      var _ =
          Command.run(
              BUILD_LIMIT,
              directory,
              Map.of("CGO_ENABLED", "0", "GOFLAGS", "-mod=readonly"),
              List.of(
                  "go",
                  "build",
                  "-trimpath",
                  "-ldflags=-s -w",
                  "-o",
                  unfinished.toString(),
                  goPackage));
      Files.move(unfinished, binary, StandardCopyOption.ATOMIC_MOVE);
    } catch (Command.FailedException e) {
      throw new ClusterException(
          "%s %s cannot be built; is Go installed and its module proxy reachable? %s"
              .formatted(command, version, e.getMessage()),
          e);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }
}

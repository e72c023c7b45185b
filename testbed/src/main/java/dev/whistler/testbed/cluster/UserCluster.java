package dev.whistler.testbed.cluster;

import dev.whistler.testbed.process.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A cluster that the user names by the environment variable {@value #VARIABLE}. Not {@code
 * KUBECONFIG}: tests create and delete cluster-wide resources, which nobody should get for having a
 * shell set up for another cluster.
 */
public record UserCluster(Optional<Path> kubeconfig) implements ClusterProvider {

  public static final String VARIABLE = "WHISTLER_KUBECONFIG";

  static UserCluster fromEnvironment() {
    return new UserCluster(
        Optional.ofNullable(System.getenv(VARIABLE))
            .filter(value -> !value.isBlank())
            .map(Path::of));
  }

  @Override
  public Availability availability() {
    if (kubeconfig.isEmpty()) {
      return new Availability.Unavailable(
          VARIABLE + " is not set; set it to the kubeconfig of a cluster that tests may change.");
    }
    Path file = kubeconfig.get();
    return Files.isReadable(file)
        ? new Availability.Available("the cluster of " + VARIABLE + "=" + file)
        : new Availability.Unavailable(VARIABLE + " names " + file + ", which cannot be read.");
  }

  @Override
  public RunningCluster start(Progress progress) {
    Path file = kubeconfig.orElseThrow(() -> new ClusterException(VARIABLE + " is not set."));
    return new RunningCluster() {
      @Override
      public Path kubeconfig() {
        return file;
      }

      @Override
      public Optional<ApiServerSwitch> apiServer() {
        return Optional.empty();
      }

      /** Its nodes are elsewhere. */
      @Override
      public Optional<ClusterNode> node() {
        return Optional.empty();
      }

      @Override
      public void close() {}
    };
  }
}

package dev.whistler.testbed.cluster;

import dev.whistler.testbed.process.Progress;
import dev.whistler.testbed.process.Teardown;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;

/** k3s in Docker, by Testcontainers. */
public final class K3sCluster implements ClusterProvider {

  private static final DockerImageName IMAGE = DockerImageName.parse("rancher/k3s:v1.34.4-k3s1");
  private static final Duration START_LIMIT = Duration.ofMinutes(5);

  @Override
  public Availability availability() {
    // Testcontainers probes several transports and logs a page; without any of the places in which
    // it would look there is nothing to probe.
    if (System.getenv("DOCKER_HOST") == null && !Files.exists(Path.of("/var/run/docker.sock"))) {
      return new Availability.Unavailable(
          "Docker does not run here: neither DOCKER_HOST nor /var/run/docker.sock is there.");
    }
    return DockerClientFactory.instance().isDockerAvailable()
        ? new Availability.Available("k3s in Docker (" + IMAGE.asCanonicalNameString() + ")")
        : new Availability.Unavailable("Docker does not answer; start it or check its rights.");
  }

  @Override
  public RunningCluster start(Progress progress) {
    Teardown teardown = new Teardown();
    try {
      progress.say("starting " + IMAGE.asCanonicalNameString());
      K3sContainer container = new K3sContainer(IMAGE);
      teardown.add("k3s container", container::stop);
      container.withStartupTimeout(START_LIMIT).start();
      Path kubeconfig = Files.createTempFile("whistler-k3s-", ".kubeconfig");
      teardown.add("k3s kubeconfig", () -> Files.deleteIfExists(kubeconfig));
      Files.writeString(kubeconfig, container.getKubeConfigYaml());
      return new Running(kubeconfig, new K3sNode(container), teardown);
    } catch (IOException e) {
      teardown.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      teardown.close();
      throw new ClusterException("k3s did not start; see the container's log above.", e);
    }
  }

  private record Running(Path kubeconfig, K3sNode k3s, Teardown teardown)
      implements RunningCluster {

    /** The API server is a thread of k3s: it cannot be stopped alone. */
    @Override
    public Optional<ApiServerSwitch> apiServer() {
      return Optional.empty();
    }

    @Override
    public Optional<ClusterNode> node() {
      return Optional.of(k3s);
    }

    @Override
    public void close() {
      teardown.close();
    }
  }
}

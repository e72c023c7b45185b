package dev.whistler.testbed.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.MountableFile;

/** The one node of k3s in Docker, which is the container itself. */
record K3sNode(K3sContainer container) implements ClusterNode {

  private static final String ARCHIVE = "/tmp/whistler-image.tar";

  @Override
  public String name() {
    return run("hostname").strip();
  }

  @Override
  public void load(Path dockerArchive) {
    container.copyFileToContainer(MountableFile.forHostPath(dockerArchive), ARCHIVE);
    var _ = run("ctr", "--namespace", "k8s.io", "images", "import", ARCHIVE);
    var _ = run("rm", ARCHIVE);
  }

  @Override
  public Optional<String> read(String path) {
    ExecResult result = execute("cat", path);
    return result.getExitCode() == 0 ? Optional.of(result.getStdout()) : Optional.empty();
  }

  @Override
  public String mode(String path) {
    return run("stat", "-c", "%A", path).strip().substring(1);
  }

  @Override
  public void write(String path, String text) {
    container.copyFileToContainer(Transferable.of(text), path);
  }

  @Override
  public List<String> list(String directory) {
    return execute("ls", "-A", directory).getStdout().lines().toList();
  }

  /** The API server is in the same process as the kubelet. */
  @Override
  public Optional<Power> power() {
    return Optional.empty();
  }

  private String run(String... command) {
    ExecResult result = execute(command);
    if (result.getExitCode() != 0) {
      throw new ClusterException(
          "'%s' failed in the k3s container: %s"
              .formatted(String.join(" ", command), result.getStderr().strip()));
    }
    return result.getStdout();
  }

  private ExecResult execute(String... command) {
    try {
      return container.execInContainer(command);
    } catch (IOException e) {
      throw new UncheckedIOException("Docker does not run commands in the k3s container.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterException("Interrupted while a command ran in the k3s container.", e);
    }
  }
}

package dev.whistler.testbed.cluster;

import dev.whistler.testbed.Repository;
import dev.whistler.testbed.cluster.KubernetesBuild.Server;
import dev.whistler.testbed.process.Progress;
import dev.whistler.testbed.process.TemporaryDirectory;
import java.util.Optional;

/**
 * Kubernetes built from Go modules: no registry and no Docker. The control plane needs no root; the
 * full size takes container runtime and network plugins from the machine's packages.
 */
public record ModulesCluster(Repository repository, ClusterSize size) implements ClusterProvider {

  @Override
  public Availability availability() {
    return obstacle()
        .<Availability>map(Availability.Unavailable::new)
        .orElseGet(
            () ->
                new Availability.Available(
                    "Kubernetes " + KubernetesBuild.VERSION + " built from Go modules"));
  }

  private Optional<String> obstacle() {
    Optional<String> node =
        switch (size) {
          case CONTROL_PLANE -> Optional.empty();
          case FULL -> NodeTools.obstacle();
        };
    return node.or(() -> build().obstacle());
  }

  private KubernetesBuild build() {
    return new KubernetesBuild(
        repository,
        switch (size) {
          case CONTROL_PLANE -> Server.CONTROL_PLANE;
          case FULL -> Server.ALL;
        });
  }

  @Override
  public RunningCluster start(Progress progress) {
    KubernetesBuild build = build();
    build.build(progress);
    return switch (size) {
      case CONTROL_PLANE -> ControlPlane.start(build, progress);
      case FULL ->
          FullCluster.start(build, TemporaryDirectory.create("whistler-cluster-"), progress);
    };
  }
}

package dev.whistler.e2e.cluster;

import dev.whistler.e2e.Repository;
import dev.whistler.e2e.process.Progress;

/** Kubernetes built from Go modules: no registry, no Docker, no root. */
public record ModulesCluster(Repository repository) implements ClusterProvider {

  @Override
  public Availability availability() {
    return new KubernetesBuild(repository)
        .obstacle()
        .<Availability>map(Availability.Unavailable::new)
        .orElseGet(
            () ->
                new Availability.Available(
                    "Kubernetes " + KubernetesBuild.VERSION + " built from Go modules"));
  }

  @Override
  public RunningCluster start(Progress progress) {
    KubernetesBuild build = new KubernetesBuild(repository);
    build.build(progress);
    return ControlPlane.start(build, progress);
  }
}

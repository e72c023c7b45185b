package dev.whistler.operator.cluster;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Not ready before all that programs depend on is known: nothing is reconciled until then. */
@Readiness
final class ClusterReadiness implements HealthCheck {
  private final ClusterWatch cluster;
  private final SourceWatch sources;

  ClusterReadiness(ClusterWatch cluster, SourceWatch sources) {
    this.cluster = cluster;
    this.sources = sources;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("cluster")
        .status(cluster.isComplete() && sources.isComplete())
        .build();
  }
}

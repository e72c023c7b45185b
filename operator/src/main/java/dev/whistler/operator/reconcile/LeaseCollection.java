package dev.whistler.operator.reconcile;

import dev.whistler.operator.cluster.ClusterWatch;
import dev.whistler.operator.config.OperatorConfig;
import dev.whistler.operator.installation.OnlyInstallation;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.quarkus.logging.Log;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Deletes the Leases of agents whose nodes are gone. */
@ApplicationScoped
public class LeaseCollection {
  private static final long SECONDS = 10;

  private final KubernetesClient client;
  private final ClusterWatch cluster;
  private final OnlyInstallation installation;
  private final OperatorConfig config;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("lease-collection").factory());

  /** Those of the last round: a node that joins may be seen after its agent's Lease. */
  private Set<String> before = Set.of();

  LeaseCollection(
      KubernetesClient client,
      ClusterWatch cluster,
      OnlyInstallation installation,
      OperatorConfig config) {
    this.client = client;
    this.cluster = cluster;
    this.installation = installation;
    this.config = config;
  }

  void start() {
    var _ = executor.scheduleWithFixedDelay(this::collect, SECONDS, SECONDS, TimeUnit.SECONDS);
  }

  @PreDestroy
  void stop() {
    executor.shutdownNow();
  }

  private void collect() {
    if (!cluster.isComplete() || !installation.isHeld()) {
      return;
    }
    try {
      Set<String> now = cluster.leasesWithoutNode();
      for (String name : now) {
        if (before.contains(name)) {
          client.leases().inNamespace(config.namespace()).withName(name).delete();
          Log.infof("The Lease of node %s is deleted: the node is gone.", name);
        }
      }
      before = now;
    } catch (RuntimeException e) {
      Log.warnf("Leases of nodes that are gone could not be deleted: %s", e.getMessage());
    }
  }
}

package dev.whistler.operator.reconcile;

import dev.whistler.crds.WhistlerNode;
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
import java.util.function.Consumer;

/**
 * Deletes what agents left of nodes that are gone. Kubernetes does it by the owner that Leases and
 * WhistlerNodes name, but for those that an agent wrote before it knew its Node.
 */
@ApplicationScoped
public class LeftoverCollection {
  private static final long SECONDS = 10;

  private final KubernetesClient client;
  private final ClusterWatch cluster;
  private final OnlyInstallation installation;
  private final OperatorConfig config;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("leftover-collection").factory());

  // Those of the last round: a node that joins may be seen after what its agent wrote.
  private Set<String> leasesBefore = Set.of();
  private Set<String> reportsBefore = Set.of();

  LeftoverCollection(
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
      leasesBefore =
          collect(
              "Lease",
              leasesBefore,
              cluster.leasesWithoutNode(),
              name -> client.leases().inNamespace(config.namespace()).withName(name).delete());
      reportsBefore =
          collect(
              "WhistlerNode",
              reportsBefore,
              cluster.reportsWithoutNode(),
              name -> client.resources(WhistlerNode.class).withName(name).delete());
    } catch (RuntimeException e) {
      Log.warnf("What is left of nodes that are gone could not be deleted: %s", e.getMessage());
    }
  }

  private static Set<String> collect(
      String kind, Set<String> before, Set<String> now, Consumer<String> delete) {
    for (String name : now) {
      if (before.contains(name)) {
        delete.accept(name);
        Log.infof("The %s of node %s is deleted: the node is gone.", kind, name);
      }
    }
    return now;
  }
}

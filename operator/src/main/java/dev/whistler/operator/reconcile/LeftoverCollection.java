package dev.whistler.operator.reconcile;

import dev.whistler.crds.KernelProfile;
import dev.whistler.crds.KernelTypes;
import dev.whistler.crds.WhistlerNode;
import dev.whistler.operator.cluster.ClusterWatch;
import dev.whistler.operator.config.OperatorConfig;
import dev.whistler.operator.installation.Leadership;
import dev.whistler.operator.metrics.OperatorMetrics;
import dev.whistler.task.Guard;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.quarkus.logging.Log;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Deletes what agents left of nodes that are gone. Kubernetes does it by the owner that Leases and
 * WhistlerNodes name, but for those that an agent wrote before it knew its Node. Profiles and types
 * belong to all nodes with a kernel: they go some time after the last of them.
 */
@ApplicationScoped
public class LeftoverCollection {
  private static final Duration PERIOD = Duration.ofSeconds(10);
  private static final String TASK = "leftover-collection";

  private final KubernetesClient client;
  private final ClusterWatch cluster;
  private final Leadership leadership;
  private final OperatorConfig config;
  private final OperatorMetrics metrics;
  private final ScheduledExecutorService executor;
  private final Duration period;

  // Those of the last round: a node that joins may be seen after what its agent wrote.
  private Set<String> leasesBefore = Set.of();
  private Set<String> reportsBefore = Set.of();

  @Inject
  LeftoverCollection(
      KubernetesClient client,
      ClusterWatch cluster,
      Leadership leadership,
      OperatorConfig config,
      OperatorMetrics metrics) {
    this(client, cluster, leadership, config, metrics, PERIOD);
  }

  /**
   * Not started yet.
   *
   * @param period between two rounds; what is left is deleted in the second that finds it
   */
  LeftoverCollection(
      KubernetesClient client,
      ClusterWatch cluster,
      Leadership leadership,
      OperatorConfig config,
      OperatorMetrics metrics,
      Duration period) {
    this.period = period;
    this.metrics = metrics;
    this.executor = Guard.scheduler(TASK, metrics::taskFailed);
    this.client = client;
    this.cluster = cluster;
    this.leadership = leadership;
    this.config = config;
  }

  void start() {
    var _ =
        executor.scheduleWithFixedDelay(
            this::collect, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
  }

  @PreDestroy
  void stop() {
    executor.shutdownNow();
  }

  private void collect() {
    if (!cluster.isComplete() || !leadership.isHeld()) {
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
      for (String profile : cluster.forgottenProfiles()) {
        client.resources(KernelProfile.class).withName(profile).delete();
        Log.infof("KernelProfile %s is deleted: no node has such a kernel any more.", profile);
      }
      for (String piece : cluster.forgottenTypes()) {
        client.resources(KernelTypes.class).withName(piece).delete();
        Log.infof("KernelTypes %s is deleted: no node has such a kernel any more.", piece);
      }
    } catch (KubernetesClientException e) {
      Log.warnf("What is left of nodes that are gone could not be deleted: %s", e.getMessage());
      metrics.taskFailed(TASK);
    }
  }

  private Set<String> collect(
      String kind, Set<String> before, Set<String> now, Consumer<String> delete) {
    for (String name : now) {
      if (before.contains(name) && isGone(name)) {
        delete.accept(name);
        Log.infof("The %s of node %s is deleted: the node is gone.", kind, name);
      }
    }
    return now;
  }

  /** When thousands of nodes join, news of them may be many seconds later than of their agents. */
  private boolean isGone(String node) {
    return client.nodes().withField("metadata.name", node).list().getItems().isEmpty();
  }
}

package dev.whistler.agent.report;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Renews this node's Lease three times within its duration, at jittered moments. */
public final class Heartbeat implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Heartbeat.class);
  private static final int RENEWALS = 3;

  private final KubernetesClient client;
  private final String namespace;
  private final String node;
  private final Duration duration;
  private final ScheduledExecutorService worker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("whistler-lease").daemon().factory());

  /**
   * @param namespace of the Lease
   * @param node name of the node and of the Lease
   * @param duration after which a silent agent counts as lost
   */
  public Heartbeat(KubernetesClient client, String namespace, String node, Duration duration) {
    this.client = client;
    this.namespace = namespace;
    this.node = node;
    this.duration = duration;
  }

  public void start() {
    worker.execute(this::renew);
  }

  private void renew() {
    try {
      Lease existing = client.leases().inNamespace(namespace).withName(node).get();
      Lease lease =
          new LeaseBuilder()
              .withNewMetadata()
              .withName(node)
              .withNamespace(namespace)
              .endMetadata()
              .withNewSpec()
              .withHolderIdentity(node)
              .withLeaseDurationSeconds((int) duration.toSeconds())
              .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC))
              .endSpec()
              .build();
      var _ = existing == null ? client.resource(lease).create() : client.resource(lease).update();
    } catch (KubernetesClientException e) {
      LOG.warnf("The Lease cannot be renewed (tried again): %s", e.getMessage());
    }
    long interval = duration.toMillis() / RENEWALS;
    long jittered = interval - ThreadLocalRandom.current().nextLong(1 + interval / 5);
    if (!worker.isShutdown()) {
      var _ = worker.schedule(this::renew, jittered, TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }
}

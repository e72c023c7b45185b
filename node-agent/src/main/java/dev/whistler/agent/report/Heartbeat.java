package dev.whistler.agent.report;

import dev.whistler.agent.work.Backoff;
import dev.whistler.task.Guard;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Renews this node's Lease about three times within its duration, at jittered moments, by one
 * request each: the version of the last answer is kept. A Lease that somebody deleted or wrote is
 * looked up and made again.
 */
public final class Heartbeat implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Heartbeat.class);
  private static final int RENEWALS = 3;

  private final KubernetesClient client;
  private final String namespace;
  private final String name;
  private final OwnNode node;
  private final Duration duration;
  private final ScheduledExecutorService worker = Guard.scheduler("whistler-lease");

  // Touched by the worker's thread only.
  private @Nullable Lease known;
  private int failures;

  /**
   * @param namespace of the Lease
   * @param name of the node and of the Lease
   * @param node the Node of that name: the Lease goes with it, and is not written without it
   * @param duration after which a silent agent counts as lost
   */
  public Heartbeat(
      KubernetesClient client, String namespace, String name, OwnNode node, Duration duration) {
    this.client = client;
    this.namespace = namespace;
    this.name = name;
    this.node = node;
    this.duration = duration;
  }

  public void start() {
    worker.execute(this::renew);
  }

  private void renew() {
    Duration next = duration.dividedBy(RENEWALS);
    try {
      known = node.isGone() ? null : write();
      if (failures > 0) {
        LOG.infof("The Lease is renewed again, after %d attempts in vain.", failures);
      }
      failures = 0;
    } catch (KubernetesClientException e) {
      known = null;
      failures++;
      if (failures == 1) {
        LOG.warnf("The Lease cannot be renewed (tried again): %s", e.getMessage());
      }
      Duration wait = Backoff.after(failures);
      next = wait.compareTo(next) < 0 ? wait : next;
    } catch (RuntimeException e) {
      // The executor would keep it to itself, and the node would fall silent.
      LOG.error("The Lease was not renewed; this is tried again.", e);
    }
    if (!worker.isShutdown()) {
      var _ = worker.schedule(this::renew, jittered(next), TimeUnit.MILLISECONDS);
    }
  }

  /** By a tenth shorter or longer, so that agents that began together do not stay together. */
  private static long jittered(Duration interval) {
    long tenth = interval.toMillis() / 10;
    return interval.toMillis() + ThreadLocalRandom.current().nextLong(-tenth, tenth + 1);
  }

  private Lease write() {
    Lease before = known;
    if (before != null) {
      try {
        return client.resource(renewed(before.getMetadata().getResourceVersion())).update();
      } catch (KubernetesClientException e) {
        if (e.getCode() != HttpURLConnection.HTTP_CONFLICT
            && e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
          throw e;
        }
      }
    }
    Lease there = client.leases().inNamespace(namespace).withName(name).get();
    return there == null
        ? client.resource(renewed(null)).create()
        : client.resource(renewed(there.getMetadata().getResourceVersion())).update();
  }

  private Lease renewed(@Nullable String version) {
    return new LeaseBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(namespace)
        .withResourceVersion(version)
        .withOwnerReferences(node.references())
        .endMetadata()
        .withNewSpec()
        .withHolderIdentity(name)
        .withLeaseDurationSeconds((int) duration.toSeconds())
        .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC))
        .endSpec()
        .build();
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }
}

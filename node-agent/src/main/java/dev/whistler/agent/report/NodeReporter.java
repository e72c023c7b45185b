package dev.whistler.agent.report;

import dev.whistler.crds.WhistlerNode;
import dev.whistler.crds.WhistlerNodeStatus;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps this node's WhistlerNode equal to what the agent knows. Changes within 100 ms are written
 * once; a write that fails is tried again; nothing is written while nothing changes.
 */
public final class NodeReporter implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(NodeReporter.class);
  private static final Duration COALESCE = Duration.ofMillis(100);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final KubernetesClient client;
  private final String name;
  private final Supplier<Optional<Node>> node;
  private final Function<@Nullable WhistlerNodeStatus, WhistlerNodeStatus> model;
  private final AtomicBoolean due = new AtomicBoolean();
  private final ScheduledExecutorService worker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("whistler-report").daemon().factory());

  // Touched by the worker's thread only.
  private @Nullable WhistlerNodeStatus written;

  /**
   * @param name name of this node
   * @param node the Node of that name, once it is known: the WhistlerNode goes with it
   * @param model the status to report, given the one reported before
   */
  public NodeReporter(
      KubernetesClient client,
      String name,
      Supplier<Optional<Node>> node,
      Function<@Nullable WhistlerNodeStatus, WhistlerNodeStatus> model) {
    this.client = client;
    this.name = name;
    this.node = node;
    this.model = model;
  }

  /** Something may have changed; returns at once. */
  public void changed() {
    if (due.compareAndSet(false, true)) {
      writeAfter(COALESCE);
    }
  }

  private void writeAfter(Duration wait) {
    try {
      var _ = worker.schedule(this::write, wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closing) {
      LOG.debug("Not reported any more: the agent stops.", closing);
    }
  }

  private void write() {
    due.set(false);
    try {
      if (written == null) {
        written = readOrCreate();
      }
      WhistlerNodeStatus status = model.apply(written);
      if (!status.equals(written)) {
        WhistlerNode resource = resource();
        resource.setStatus(status);
        var _ = client.resource(resource).updateStatus();
        written = status;
        LOG.debugf("reported: %s", status);
      }
    } catch (KubernetesClientException e) {
      LOG.warnf("This node cannot be reported (tried again): %s", e.getMessage());
      // Somebody may have removed it: look again.
      written = null;
      if (due.compareAndSet(false, true)) {
        long jitter = ThreadLocalRandom.current().nextLong(RETRY.toMillis());
        writeAfter(RETRY.plusMillis(jitter));
      }
    }
  }

  private WhistlerNodeStatus readOrCreate() {
    WhistlerNode existing = client.resources(WhistlerNode.class).withName(name).get();
    if (existing == null) {
      existing = client.resource(resource()).create();
    }
    WhistlerNodeStatus status = existing.getStatus();
    return status == null
        ? new WhistlerNodeStatus(null, null, null, null, null, List.of(), List.of(), List.of())
        : status;
  }

  private WhistlerNode resource() {
    ObjectMetaBuilder metadata = new ObjectMetaBuilder().withName(name);
    node.get()
        .ifPresent(
            owner ->
                metadata
                    .addNewOwnerReference()
                    .withApiVersion("v1")
                    .withKind("Node")
                    .withName(name)
                    .withUid(owner.getMetadata().getUid())
                    .endOwnerReference());
    WhistlerNode resource = new WhistlerNode();
    resource.setMetadata(metadata.build());
    return resource;
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }
}

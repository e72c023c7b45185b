package dev.whistler.agent.report;

import dev.whistler.agent.work.Backoff;
import dev.whistler.crds.WhistlerNode;
import dev.whistler.crds.WhistlerNodeStatus;
import dev.whistler.task.Guard;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps this node's WhistlerNode equal to what the agent knows, also when somebody else writes or
 * deletes it. Changes within 100 ms are written once, and there is at most one look or write in a
 * second; a write that fails is tried again with growing waits; nothing is written while nothing
 * changes, and while there is no Node of that name.
 */
public final class NodeReporter implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(NodeReporter.class);
  private static final Duration COALESCE = Duration.ofMillis(100);
  private static final long INTERVAL_NANOS = 1_000_000_000L;

  /**
   * The API server keeps who wrote which field, which of a node with many programs is half of the
   * object and half of its work with each report; nobody else reports on this node. It begins anew
   * only when somebody applies the object.
   */
  private static final String UNTRACKED = "{\"metadata\":{\"managedFields\":[{}]}}";

  private final KubernetesClient client;
  private final String name;
  private final OwnNode node;
  private final Function<@Nullable WhistlerNodeStatus, WhistlerNodeStatus> model;
  private final AtomicBoolean due = new AtomicBoolean();
  private final ScheduledExecutorService worker = Guard.scheduler("whistler-report");

  private volatile long writtenAt = System.nanoTime() - INTERVAL_NANOS;

  // Touched by the worker's thread only.
  private int failures;
  private boolean gone;

  /** What the API server has, as far as is known; null: it must be asked. */
  private @Nullable WhistlerNode known;

  /**
   * @param name name of this node
   * @param node the Node of that name: the WhistlerNode goes with it
   * @param model the status to report, given the one reported before
   */
  public NodeReporter(
      KubernetesClient client,
      String name,
      OwnNode node,
      Function<@Nullable WhistlerNodeStatus, WhistlerNodeStatus> model) {
    this.client = client;
    this.name = name;
    this.node = node;
    this.model = model;
  }

  /** Something may have changed; returns at once. */
  public void changed() {
    if (due.compareAndSet(false, true)) {
      long rest = INTERVAL_NANOS - (System.nanoTime() - writtenAt);
      writeAfter(Duration.ofNanos(Math.max(COALESCE.toNanos(), rest)));
    }
  }

  /**
   * The object as a watch has it, null if it is gone; looked at again if that is not what was
   * written.
   */
  public void seen(@Nullable WhistlerNode there) {
    try {
      worker.execute(
          () -> {
            WhistlerNode ours = known;
            if (ours != null && (there == null || !sameVersion(ours, there))) {
              known = null;
              changed();
            }
          });
    } catch (RejectedExecutionException closing) {
      LOG.debug("Not looked at any more: the agent stops.", closing);
    }
  }

  private static boolean sameVersion(WhistlerNode a, WhistlerNode b) {
    return a.getMetadata().getResourceVersion().equals(b.getMetadata().getResourceVersion());
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
    if (node.isGone()) {
      if (!gone) {
        LOG.warnf("There is no Node %s: nothing is reported until there is one.", name);
      }
      gone = true;
      known = null;
      return;
    }
    gone = false;
    try {
      WhistlerNode there = known;
      if (there == null) {
        there = readOrCreate();
        writtenAt = System.nanoTime();
      }
      known = brought(there);
      if (failures > 0) {
        LOG.infof("This node is reported again, after %d attempts in vain.", failures);
      }
      failures = 0;
    } catch (KubernetesClientException e) {
      failures++;
      boolean writtenByAnother = e.getCode() == HttpURLConnection.HTTP_CONFLICT;
      if (failures == 1 && !writtenByAnother) {
        LOG.warnf("This node cannot be reported (tried again): %s", e.getMessage());
      }
      // Somebody may have removed it: look again.
      known = null;
      if (due.compareAndSet(false, true)) {
        writeAfter(Backoff.spread(failures));
      }
    } catch (RuntimeException e) {
      LOG.error("This node was not reported; it is when something changes.", e);
    }
  }

  /** The object once it says what it should. */
  private WhistlerNode brought(WhistlerNode there) {
    WhistlerNode now = there;
    List<OwnerReference> owners = node.references();
    if (!owners.isEmpty() && !owners.equals(now.getMetadata().getOwnerReferences())) {
      now = client.resource(object(owners)).forceConflicts().serverSideApply();
      writtenAt = System.nanoTime();
    }
    if (!now.getMetadata().getManagedFields().isEmpty()) {
      now = client.resource(now).patch(PatchContext.of(PatchType.JSON_MERGE), UNTRACKED);
      writtenAt = System.nanoTime();
    }
    WhistlerNodeStatus before = now.getStatus();
    WhistlerNodeStatus status = model.apply(before == null ? NOTHING : before);
    if (!status.equals(before)) {
      WhistlerNode resource = object(owners);
      resource.setStatus(status);
      // Without a version the library asks for it first.
      resource.getMetadata().setResourceVersion(now.getMetadata().getResourceVersion());
      now = client.resource(resource).updateStatus();
      writtenAt = System.nanoTime();
      LOG.debugf("reported: %s", status);
    }
    return now;
  }

  private static final WhistlerNodeStatus NOTHING =
      new WhistlerNodeStatus(null, null, null, null, null, null, List.of(), List.of(), List.of());

  private WhistlerNode readOrCreate() {
    WhistlerNode existing = client.resources(WhistlerNode.class).withName(name).get();
    return existing == null ? client.resource(object(node.references())).create() : existing;
  }

  private WhistlerNode object(List<OwnerReference> owners) {
    WhistlerNode resource = new WhistlerNode();
    resource.setMetadata(
        new ObjectMetaBuilder().withName(name).withOwnerReferences(owners).build());
    return resource;
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }
}

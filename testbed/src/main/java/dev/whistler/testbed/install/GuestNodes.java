package dev.whistler.testbed.install;

import dev.whistler.testbed.Repository;
import dev.whistler.testbed.UserCache;
import dev.whistler.testbed.cluster.TestCluster;
import dev.whistler.testbed.guest.GuestDisk;
import dev.whistler.testbed.guest.GuestException;
import io.fabric8.kubernetes.api.model.Node;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

/**
 * Nodes of a cluster that are machines of their own. Their agents run there without a kubelet, with
 * tokens of the account that the chart made for agents.
 */
public final class GuestNodes implements AutoCloseable {

  private static final int DATA_DISK_MIB = 64;

  private final TestCluster cluster;
  private final Repository repository;
  private final String namespace;
  private final Path directory;
  private final Path logs;
  private final Deque<GuestNode> guests = new ArrayDeque<>();

  /**
   * @param namespace of operator and agents
   * @param directory an existing directory for the guests' disks
   * @param logs an existing directory for their consoles
   */
  public GuestNodes(
      TestCluster cluster, Repository repository, String namespace, Path directory, Path logs) {
    this.cluster = cluster;
    this.repository = repository;
    this.namespace = namespace;
    this.directory = directory;
    this.logs = logs;
  }

  /**
   * Makes a node; {@link GuestNode#start} switches it on.
   *
   * @throws GuestException when its disks cannot be made
   */
  public synchronized GuestNode add(String name, Map<String, String> labels) throws GuestException {
    Path root = AgentDisk.of(repository, UserCache.directory());
    Path data = GuestDisk.empty(directory.resolve("node-" + name + ".disk"), DATA_DISK_MIB);
    Node node = cluster.addNode(name, labels);
    String kubeconfig =
        cluster.nodeKubeconfigFor(namespace, "whistler-agent", node, GuestNode.API_SERVER);
    GuestNode guest =
        new GuestNode(
            new GuestNode.Plan(
                name, namespace, kubeconfig, root, data, logs.resolve("guest-" + name + ".log")));
    guests.push(guest);
    return guest;
  }

  /** Powers off those that are on; the nodes stay known to the cluster. */
  @Override
  public synchronized void close() {
    RuntimeException failure = null;
    for (GuestNode guest : guests) {
      try {
        guest.close();
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    guests.clear();
    if (failure != null) {
      throw failure;
    }
  }
}

package dev.whistler.operator.profile;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.LongSupplier;

/**
 * Which of the descriptions of kernels that nodes announce are asked for. Each may cost the cluster
 * a megabyte or more, and whoever holds a node's token may announce what he likes: one node gets
 * few of them, and all nodes together not many. What was granted once stays so until nobody
 * announces it any more, or it has come. Used by one thread.
 */
final class UploadBudget {
  /** As many as a node needs that is updated again and again within an hour. */
  static final int OF_NODE = 4;

  static final Duration NODE_INTERVAL = Duration.ofMinutes(10);

  /** As many different kernels as a large fleet has when it meets the operator first. */
  static final int OF_CLUSTER = 300;

  static final Duration CLUSTER_INTERVAL = Duration.ofSeconds(2);

  /** Profiles: each nearly a megabyte at most. */
  static final Rates PROFILES = new Rates(OF_NODE, NODE_INTERVAL, OF_CLUSTER, CLUSTER_INTERVAL);

  /** Types of a kernel: all pieces are five megabytes at most, and few kernels differ in them. */
  static final Rates TYPES = new Rates(2, Duration.ofMinutes(30), 32, Duration.ofMinutes(1));

  /**
   * How many at once, and in which time one more.
   *
   * @param ofNode that one node may cause
   * @param ofCluster of all nodes together
   */
  record Rates(int ofNode, Duration nodeInterval, int ofCluster, Duration clusterInterval) {}

  private final Rates rates;
  private final LongSupplier clock;
  private final TokenBucket cluster;
  private final Map<String, TokenBucket> nodes = new HashMap<>();
  private final Set<String> granted = new HashSet<>();

  /**
   * Nothing granted yet.
   *
   * @param clock nanoseconds from any beginning, as {@link System#nanoTime}
   */
  UploadBudget(Rates rates, LongSupplier clock) {
    this.rates = rates;
    this.clock = clock;
    this.cluster = new TokenBucket(rates.ofCluster(), rates.clusterInterval(), clock.getAsLong());
  }

  /**
   * Those of the missing descriptions that may be asked for.
   *
   * @param missing who announces it, by the name of each that the cluster lacks
   */
  Set<String> granted(SortedMap<String, ? extends Collection<String>> missing) {
    long now = clock.getAsLong();
    granted.retainAll(missing.keySet());
    missing.forEach(
        (name, announcers) -> {
          if (!granted.contains(name) && pays(announcers, now)) {
            granted.add(name);
          }
        });
    nodes.values().removeIf(bucket -> bucket.isFull(now));
    return Set.copyOf(granted);
  }

  /** The first of its nodes that still can pays for all of them. */
  private boolean pays(Collection<String> announcers, long now) {
    if (cluster.isEmpty(now)) {
      return false;
    }
    for (String node : announcers) {
      TokenBucket bucket =
          nodes.computeIfAbsent(
              node, name -> new TokenBucket(rates.ofNode(), rates.nodeInterval(), now));
      if (bucket.take(now)) {
        return cluster.take(now);
      }
    }
    return false;
  }

  /** How many nodes have announced something of late. */
  int nodes() {
    return nodes.size();
  }
}

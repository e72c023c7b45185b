package dev.whistler.testbed.simulator;

import java.time.Duration;

/**
 * How many nodes are played, and how.
 *
 * @param nodes how many, from 1 on
 * @param kernels how many different ones they have, spread evenly, from 1 on
 * @param events of each kernel beside those that programs ask about; see {@link
 *     SyntheticKernel#USUAL_EVENTS}
 * @param answerDelay from a change of what a node shall run to its report, at least; agents collect
 *     changes for 100 ms and report at most once a second
 * @param leaseDuration of the agents' Leases, renewed three times in it; 120 s as the real one
 * @param nodeBytes how much a Node weighs beside its name and labels: a kubelet's has some ten
 *     thousand bytes of images, addresses and conditions
 */
public record SimulatorOptions(
    int nodes,
    int kernels,
    int events,
    Duration answerDelay,
    Duration leaseDuration,
    int nodeBytes) {

  /** The Lease of a real agent. */
  public static final Duration REAL_LEASE = Duration.ofSeconds(120);

  /** How often a Lease is renewed while it lasts. */
  static final int RENEWALS = 3;

  /** Nodes that look and answer like real ones, as fast as agents may. */
  public static SimulatorOptions of(int nodes, int kernels) {
    return new SimulatorOptions(
        nodes, kernels, SyntheticKernel.USUAL_EVENTS, Duration.ZERO, REAL_LEASE, 8_192);
  }

  /** Between two renewals of an agent's Lease. */
  public Duration renewal() {
    return leaseDuration.dividedBy(RENEWALS);
  }

  public SimulatorOptions {
    if (nodes < 1 || kernels < 1 || events < 0 || nodeBytes < 0) {
      throw new IllegalArgumentException("There is at least one node and one kernel.");
    }
    if (leaseDuration.compareTo(Duration.ofSeconds(1)) < 0 || answerDelay.isNegative()) {
      throw new IllegalArgumentException("A Lease lasts a second at least.");
    }
  }
}

package dev.whistler.testbed.cluster;

import dev.whistler.testbed.process.Progress;

/** One way to have a Kubernetes on this machine. */
public sealed interface ClusterProvider permits UserCluster, K3sCluster, ModulesCluster {

  /** Whether this machine can serve it: a quick look without side effects. */
  Availability availability();

  /** A cluster whose API server is ready and whose service accounts work. */
  RunningCluster start(Progress progress);

  /** What a provider answers before anything is started. */
  sealed interface Availability {

    /** It can be used; {@code what} is a phrase such as "k3s in Docker". */
    record Available(String what) implements Availability {}

    /** It cannot; {@code reason} is a sentence that says what it would need. */
    record Unavailable(String reason) implements Availability {}
  }
}

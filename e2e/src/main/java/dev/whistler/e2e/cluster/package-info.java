/**
 * A real Kubernetes for tests and the demo. Start at {@link dev.whistler.e2e.cluster.TestCluster}:
 * it takes the first {@link dev.whistler.e2e.cluster.ClusterProvider} that this machine can serve
 * (the user's kubeconfig, k3s in Docker, Kubernetes built from Go modules) and says which.
 */
@NullMarked
package dev.whistler.e2e.cluster;

import org.jspecify.annotations.NullMarked;

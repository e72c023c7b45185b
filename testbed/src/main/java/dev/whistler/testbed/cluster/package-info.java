/**
 * A real Kubernetes for tests and the demo. Start at {@link
 * dev.whistler.testbed.cluster.TestCluster}: it takes the first {@link
 * dev.whistler.testbed.cluster.ClusterProvider} that this machine can serve (the user's kubeconfig,
 * k3s in Docker, Kubernetes built from Go modules) and says which.
 */
@NullMarked
package dev.whistler.testbed.cluster;

import org.jspecify.annotations.NullMarked;

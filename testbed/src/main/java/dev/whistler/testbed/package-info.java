/**
 * What tests and releases stand on, as a library and as tools: real Kubernetes in name spaces of
 * its own, guests with other kernels, images, benchmarks, and simulated agents.
 *
 * <p>Start at {@link dev.whistler.testbed.cluster.TestCluster} for a cluster, {@link
 * dev.whistler.testbed.install.Installation} for operator and agents on it, and at {@link
 * dev.whistler.testbed.bench.Bench}, {@link dev.whistler.testbed.image.Images} and {@link
 * dev.whistler.testbed.kernels.KernelMatrix} for the tools. {@code process} owns child processes
 * and waits for all of them. {@link dev.whistler.testbed.Repository} knows where this repository's
 * own files are.
 */
@NullMarked
package dev.whistler.testbed;

import org.jspecify.annotations.NullMarked;

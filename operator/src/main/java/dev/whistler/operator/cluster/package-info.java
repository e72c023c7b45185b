/**
 * What the watches know of the cluster, reduced to what decisions need and shared by all programs:
 * nodes, whether their agents live, and kernel profiles. Reads only. Entry point: {@link
 * dev.whistler.operator.cluster.ClusterWatch}.
 */
@NullMarked
package dev.whistler.operator.cluster;

import org.jspecify.annotations.NullMarked;

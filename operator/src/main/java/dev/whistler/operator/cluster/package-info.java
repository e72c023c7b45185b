/**
 * What the watches know of the cluster, reduced to what decisions need and shared by all programs:
 * nodes, whether their agents live, and kernel profiles; and the texts of programs that stand in
 * ConfigMaps. Reads only. Entry points: {@link dev.whistler.operator.cluster.ClusterWatch}, {@link
 * dev.whistler.operator.cluster.SourceWatch}.
 */
@NullMarked
package dev.whistler.operator.cluster;

import org.jspecify.annotations.NullMarked;

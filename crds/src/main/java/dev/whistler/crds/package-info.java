/**
 * The custom resources of group {@code whistler.dev}, version {@code v1alpha1}, one file a kind
 * with its spec and status beside it. The CRD YAML of the chart is generated from these types; a
 * test holds both together.
 *
 * <p>Everything here is data and pure functions of data: what operator and agents must agree on
 * (what a node does of a program, what a revision means, what a kernel profile's bytes and digest
 * are) stands here once. No client, no input or output.
 *
 * <table>
 * <caption>Who writes, who reads</caption>
 * <tr><th>kind<th>written by<th>read by agents
 * <tr><td>{@link dev.whistler.crds.WhistlerProgram}<td>users; status by the operator<td>never
 * <tr><td>{@link dev.whistler.crds.WhistlerRevision}<td>the operator<td>watch
 * <tr><td>{@link dev.whistler.crds.WhistlerArtifact}<td>the operator<td>get by name, once
 * <tr><td>{@link dev.whistler.crds.WhistlerNode}<td>its own agent<td>its own
 * <tr><td>{@link dev.whistler.crds.KernelProfile}, {@link dev.whistler.crds.KernelTypes}<td>the
 * first agent that has that kernel, when wanted<td>get by name
 * <tr><td>{@link dev.whistler.crds.WhistlerSink}<td>cluster administrators<td>watch
 * </table>
 */
@NullMarked
package dev.whistler.crds;

import org.jspecify.annotations.NullMarked;

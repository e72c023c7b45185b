/**
 * The operator: compiles programs once per kernel layout, writes revisions and artifacts for the
 * agents, and says how far they are.
 *
 * <p>{@code chore} stands apart: what the chart's Jobs do with this image.
 *
 * <p>In the order in which data passes: {@code model} (what is wanted and what is there, pure
 * data), {@code profile} (what kernels look like), {@code build} (source and kernel to object),
 * {@code rollout} (which revisions there shall be), {@code status} (what users are told), and
 * {@code reconcile}, the only package with a client, which reads the cluster, asks the others and
 * writes what they decided. Entry point: {@link dev.whistler.operator.reconcile.ProgramReconciler}.
 */
@NullMarked
package dev.whistler.operator;

import org.jspecify.annotations.NullMarked;

/**
 * Reads the cluster, asks the pure packages, writes what they decided. The only package with a
 * client.
 */
@NullMarked
package dev.whistler.operator.reconcile;

import org.jspecify.annotations.NullMarked;

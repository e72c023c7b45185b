/** Tests of what the reconciler reads and writes. */
@NullMarked
package dev.whistler.operator.reconcile;

import org.jspecify.annotations.NullMarked;

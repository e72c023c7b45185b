/** Tests of what the reconciler reads and writes. */
@NullMarked
package dev.whistler.operator.cluster;

import org.jspecify.annotations.NullMarked;

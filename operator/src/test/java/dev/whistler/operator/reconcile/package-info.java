/** Tests of the package of the same name. */
@NullMarked
package dev.whistler.operator.reconcile;

import org.jspecify.annotations.NullMarked;

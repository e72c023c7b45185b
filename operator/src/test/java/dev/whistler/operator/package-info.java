/** Tests of the operator, without a cluster. */
@NullMarked
package dev.whistler.operator;

import org.jspecify.annotations.NullMarked;

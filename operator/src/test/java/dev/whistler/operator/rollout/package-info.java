/** Tests of the package of the same name. */
@NullMarked
package dev.whistler.operator.rollout;

import org.jspecify.annotations.NullMarked;

/** Tests of the tier check. */
@NullMarked
package dev.whistler.tier;

import org.jspecify.annotations.NullMarked;

/** Tests of the tier check. */
@NullMarked
package dev.whistler.tier.table;

import org.jspecify.annotations.NullMarked;

/** Fuzz targets. */
@NullMarked
package dev.whistler.tier.fuzz;

import org.jspecify.annotations.NullMarked;

/**
 * What an object says about itself: the JSON of its {@code .whistler.schema} section as validated,
 * bounded data. Depends on nothing else of this module.
 */
@NullMarked
package dev.whistler.runtime.schema;

import org.jspecify.annotations.NullMarked;

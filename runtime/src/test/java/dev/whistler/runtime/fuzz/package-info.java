/** Fuzzing targets. */
@NullMarked
package dev.whistler.runtime.fuzz;

import org.jspecify.annotations.NullMarked;

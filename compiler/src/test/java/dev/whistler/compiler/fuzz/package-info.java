/** Fuzzing targets. */
@NullMarked
package dev.whistler.compiler.fuzz;

import org.jspecify.annotations.NullMarked;

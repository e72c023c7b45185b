/** Fuzzing targets. */
@NullMarked
package dev.whistler.bpf.fuzz;

import org.jspecify.annotations.NullMarked;

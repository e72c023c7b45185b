/** The optimiser: one class per pass, listed in one pipeline. */
@NullMarked
package dev.whistler.compiler.pass;

import org.jspecify.annotations.NullMarked;

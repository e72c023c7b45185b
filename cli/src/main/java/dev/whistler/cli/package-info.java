/** Being written. */
@NullMarked
package dev.whistler.cli;

import org.jspecify.annotations.NullMarked;

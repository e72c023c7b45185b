/** Being written. */
@NullMarked
package dev.whistler.runtime;

import org.jspecify.annotations.NullMarked;

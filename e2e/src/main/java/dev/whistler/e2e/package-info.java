/** Being written. */
@NullMarked
package dev.whistler.e2e;

import org.jspecify.annotations.NullMarked;

/** Being written. */
@NullMarked
package dev.whistler.operator;

import org.jspecify.annotations.NullMarked;

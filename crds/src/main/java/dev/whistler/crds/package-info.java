/** Being written. */
@NullMarked
package dev.whistler.crds;

import org.jspecify.annotations.NullMarked;

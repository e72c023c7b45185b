/** Images, taken apart again. */
@NullMarked
package dev.whistler.e2e.image;

import org.jspecify.annotations.NullMarked;

/** Images, taken apart again. */
@NullMarked
package dev.whistler.testbed.image;

import org.jspecify.annotations.NullMarked;

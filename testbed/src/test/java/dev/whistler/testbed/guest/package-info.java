/** Guests as far as they can be tested without one. */
@NullMarked
package dev.whistler.testbed.guest;

import org.jspecify.annotations.NullMarked;

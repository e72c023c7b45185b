/** Guests as far as they can be tested without one. */
@NullMarked
package dev.whistler.e2e.guest;

import org.jspecify.annotations.NullMarked;

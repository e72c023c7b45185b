/** The documents' commands do what they say. */
@NullMarked
package dev.whistler.e2e.docs;

import org.jspecify.annotations.NullMarked;

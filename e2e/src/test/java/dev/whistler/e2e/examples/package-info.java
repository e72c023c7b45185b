/** The examples of the repository are what its documentation says. */
@NullMarked
package dev.whistler.e2e.examples;

import org.jspecify.annotations.NullMarked;

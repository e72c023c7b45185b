/**
 * The demo of {@code ./whistler demo} in its three forms, on the clusters and guests of module
 * {@code testbed}. The tests beside it are those of the whole system.
 */
@NullMarked
package dev.whistler.e2e;

import org.jspecify.annotations.NullMarked;

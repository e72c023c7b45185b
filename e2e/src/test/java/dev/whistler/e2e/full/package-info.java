/** The chart, installed with Helm in a cluster whose pods run on this machine. */
@NullMarked
package dev.whistler.e2e.full;

import org.jspecify.annotations.NullMarked;

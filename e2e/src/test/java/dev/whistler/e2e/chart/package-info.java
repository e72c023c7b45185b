/**
 * The Helm chart, rendered by the real Helm, which is built from a Go module where it is missing.
 */
@NullMarked
package dev.whistler.e2e.chart;

import org.jspecify.annotations.NullMarked;

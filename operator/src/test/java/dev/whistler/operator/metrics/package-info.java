/** What Prometheus is told. */
@NullMarked
package dev.whistler.operator.metrics;

import org.jspecify.annotations.NullMarked;

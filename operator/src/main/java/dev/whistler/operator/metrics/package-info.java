/**
 * What the operator counts and times of itself, for Prometheus. Names begin with {@code
 * whistler_operator}, units are base units, and no label has a value that users or nodes make up.
 * Entry point: {@link dev.whistler.operator.metrics.OperatorMetrics}.
 */
@NullMarked
package dev.whistler.operator.metrics;

import org.jspecify.annotations.NullMarked;

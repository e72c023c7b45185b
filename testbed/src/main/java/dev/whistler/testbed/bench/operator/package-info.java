/**
 * What {@code ./whistler bench operator} is made of. {@link
 * dev.whistler.testbed.bench.operator.OperatorRun} goes through the measurement, from an empty
 * cluster to nodes that reboot; the other classes apply programs, read counters and weigh objects.
 */
@NullMarked
package dev.whistler.testbed.bench.operator;

import org.jspecify.annotations.NullMarked;

/**
 * Child processes that end when their owner ends, bounded waits, and an ordered way down after a
 * failure half way. Knows nothing of Kubernetes.
 */
@NullMarked
package dev.whistler.testbed.process;

import org.jspecify.annotations.NullMarked;

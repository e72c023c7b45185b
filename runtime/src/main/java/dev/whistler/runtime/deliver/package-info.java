/**
 * Sinks and the bounded queues in front of them. A sink that stalls or fails costs records, which
 * are counted with the reason, and never stops the reader of the rings.
 */
@NullMarked
package dev.whistler.runtime.deliver;

import org.jspecify.annotations.NullMarked;

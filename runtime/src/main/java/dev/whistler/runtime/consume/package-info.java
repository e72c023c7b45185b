/**
 * The way of a record from the ring to the queues of the sinks, on one thread: read, decode, count,
 * hand over. Entry point: {@link dev.whistler.runtime.consume.RingPump}.
 */
@NullMarked
package dev.whistler.runtime.consume;

import org.jspecify.annotations.NullMarked;

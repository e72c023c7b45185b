package dev.whistler.runtime.consume;

import dev.whistler.bpf.ring.RingBufferReader;
import dev.whistler.runtime.deliver.Delivery;
import java.util.List;

/**
 * The room in the rings of one reader, and whether records may wait there for a sink that is slow:
 * for the only sink nobody suffers by that, of several one would hold up the others.
 */
final class RingRoom {
  private final List<RingSource> rings;
  private final RingBufferReader reader;
  private final boolean onlySink;
  private volatile boolean ending;
  private volatile long endNanos;

  RingRoom(List<RingSource> rings, RingBufferReader reader, List<Delivery> deliveries) {
    this.rings = rings;
    this.reader = reader;
    onlySink = deliveries.size() == 1;
  }

  /** Nobody waits any longer than until then, in the time of {@link System#nanoTime}. */
  void endAt(long nanos) {
    endNanos = nanos;
    ending = true;
  }

  /** Whether nobody else suffers if the sink is waited for. */
  boolean isOfOnlySink() {
    return onlySink;
  }

  /** Whether the reader may wait for the sinks at all, be the rings full or not. */
  boolean mayWait() {
    return onlySink && !reader.isClosed() && (!ending || System.nanoTime() - endNanos < 0);
  }

  /** Whether it may wait and a quarter of every ring is free. */
  boolean mayWaitWithoutHarm() {
    if (!mayWait()) {
      return false;
    }
    for (int ring = 0; ring < rings.size(); ring++) {
      if (exceeds(ring, 3, reader.producerPosition(ring) - reader.consumerPosition(ring))) {
        return false;
      }
    }
    return true;
  }

  /** Whether so many bytes are more than so many quarters of a ring. */
  boolean exceeds(int ring, int quarters, long bytes) {
    return bytes > Integer.toUnsignedLong(rings.get(ring).map().maxEntries()) / 4 * quarters;
  }
}

package dev.whistler.runtime.consume;

import dev.whistler.bpf.ring.RingBufferReader;
import java.util.List;

/** The room in the rings of one reader. */
final class RingRoom {
  private final List<RingSource> rings;
  private final RingBufferReader reader;

  RingRoom(List<RingSource> rings, RingBufferReader reader) {
    this.rings = rings;
    this.reader = reader;
  }

  /** Whether a quarter of every ring is free. */
  boolean isAmple() {
    for (int ring = 0; ring < rings.size(); ring++) {
      if (exceedsThreeQuarters(
          ring, reader.producerPosition(ring) - reader.consumerPosition(ring))) {
        return false;
      }
    }
    return true;
  }

  /** Whether more than three quarters of a ring were read and not given back yet. */
  boolean isHeldUp() {
    for (int ring = 0; ring < rings.size(); ring++) {
      if (exceedsThreeQuarters(ring, reader.cursor(ring) - reader.consumerPosition(ring))) {
        return true;
      }
    }
    return false;
  }

  private boolean exceedsThreeQuarters(int ring, long bytes) {
    return bytes > Integer.toUnsignedLong(rings.get(ring).map().maxEntries()) / 4 * 3;
  }
}

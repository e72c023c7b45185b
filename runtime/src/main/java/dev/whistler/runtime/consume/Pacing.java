package dev.whistler.runtime.consume;

import dev.whistler.bpf.ring.RingBufferReader;
import java.time.Duration;
import java.util.List;

/**
 * How long the reader lets records gather before it looks for the next ones: where few come, it
 * would wake for each. No ring fills up meanwhile that would not without the pause: it is not
 * longer than a CPU that does nothing else needs to fill the room that is free.
 */
final class Pacing {
  /** Of what one CPU writes: a million records of 50 bytes a second. */
  private static final long NANOS_PER_BYTE = 20;

  /** A shorter pause saves nothing: small rings are read at once, as if there were none. */
  private static final long LEAST_NANOS = 500_000;

  /** A reader that finds more than this part of a ring has no time to lose. */
  private static final int BUSY_PART = 8;

  private final List<RingSource> rings;
  private final RingBufferReader reader;
  private final long limitNanos;

  /** How far each ring was read at the last look. */
  private final long[] cursors;

  Pacing(List<RingSource> rings, RingBufferReader reader, Duration limit) {
    this.rings = rings;
    this.reader = reader;
    limitNanos = limit.toNanos();
    cursors = new long[rings.size()];
  }

  /** The pause after what was read since the last call; 0 if that was nothing, or much. */
  long nanos() {
    long nanos = limitNanos;
    boolean any = false;
    for (int ring = 0; ring < cursors.length; ring++) {
      long cursor = reader.cursor(ring);
      long read = cursor - cursors[ring];
      cursors[ring] = cursor;
      any |= read != 0;
      long held = reader.producerPosition(ring) - reader.consumerPosition(ring);
      nanos =
          Math.min(
              nanos, nanos(Integer.toUnsignedLong(rings.get(ring).map().maxEntries()), read, held));
    }
    return any ? nanos : 0;
  }

  /**
   * The longest pause that a ring allows.
   *
   * @param size of the ring in bytes
   * @param read bytes that the reader took last
   * @param held bytes that are in the ring
   */
  static long nanos(long size, long read, long held) {
    long fills = Math.max(0, size - held) * NANOS_PER_BYTE;
    return read >= size / BUSY_PART || fills < LEAST_NANOS ? 0 : fills;
  }
}

package dev.whistler.runtime.consume;

import dev.whistler.bpf.ring.RingBufferReader;

/**
 * Keeps what was read in the rings until the sinks have taken it and the account says so: a process
 * that takes over after SIGKILL finds there what was not delivered.
 */
final class Retention {
  private final Checkpoint checkpoint;
  private final RingBufferReader reader;
  private final BackPressure backPressure;
  private final LossLines lossLines;
  private final int rings;
  private boolean accounted = true;

  Retention(
      Checkpoint checkpoint,
      RingBufferReader reader,
      BackPressure backPressure,
      LossLines lossLines,
      int rings) {
    this.checkpoint = checkpoint;
    this.reader = reader;
    this.backPressure = backPressure;
    this.lossLines = lossLines;
    this.rings = rings;
  }

  /** Sets the counts to what the account says; returns the position of each ring. */
  long[] restore() {
    long[] positions = checkpoint.restore(lossLines.kernelTold());
    for (int ring = 0; ring < rings; ring++) {
      // The account is written before the ring: it may be ahead, never behind.
      positions[ring] = Math.max(positions[ring], reader.consumerPosition(ring));
    }
    return positions;
  }

  /** The counts are a former reader's, which the account does not know yet. */
  void goOn() {
    accounted = false;
  }

  /** Whether nothing that was read is still retained in a ring, and the account says so. */
  boolean isSettled() {
    if (!accounted) {
      return false;
    }
    for (int ring = 0; ring < rings; ring++) {
      if (reader.consumerPosition(ring) != reader.cursor(ring)) {
        return false;
      }
    }
    return true;
  }

  /** Once the sinks have taken everything, writes the account and gives the room back. */
  void settle(long untilNanos) {
    if (isSettled() || !backPressure.awaitIdle(untilNanos)) {
      return;
    }
    long[] positions = new long[rings];
    for (int ring = 0; ring < rings; ring++) {
      positions[ring] = reader.cursor(ring);
    }
    handOver(positions);
  }

  /** Writes the account and gives the room back, in this order: see {@link #takeOver}. */
  void handOver(long[] positions) {
    checkpoint.write(positions, lossLines.kernelTold());
    accounted = true;
    for (int ring = 0; ring < rings; ring++) {
      reader.release(ring, positions[ring]);
    }
  }
}

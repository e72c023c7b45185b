package dev.whistler.runtime.consume;

import dev.whistler.bpf.ring.RingBufferReader;
import dev.whistler.runtime.deliver.Delivery;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps what was read in the rings until the sinks have taken it and the account says so: a process
 * that takes over after SIGKILL finds there what was not delivered.
 */
final class Retention {
  private static final long LOOK_NANOS = 50_000;

  private final Checkpoint checkpoint;
  private final RingBufferReader reader;
  private final RingRoom room;
  private final List<Delivery> deliveries;
  private final LossLines lossLines;
  private final long patienceNanos;
  private final long[] released;
  private final long[] busySince;
  private boolean accounted = true;

  /**
   * @param patience how long sinks may hold up records in a ring that is nearly full
   */
  Retention(
      Checkpoint checkpoint,
      RingBufferReader reader,
      RingRoom room,
      List<Delivery> deliveries,
      LossLines lossLines,
      int rings,
      Duration patience) {
    this.checkpoint = checkpoint;
    this.reader = reader;
    this.room = room;
    this.deliveries = deliveries;
    this.lossLines = lossLines;
    patienceNanos = patience.toNanos();
    released = new long[rings];
    busySince = new long[deliveries.size()];
  }

  /** Goes on where the account says that the last reader was. */
  void takeOver() {
    long[] positions = checkpoint.restore(lossLines.kernelTold());
    lossLines.goOn();
    for (int ring = 0; ring < released.length; ring++) {
      // The account is written before the ring: it may be ahead, never behind.
      released[ring] = Math.max(positions[ring], reader.consumerPosition(ring));
      reader.release(ring, released[ring]);
    }
  }

  /**
   * Goes on where a reader of the same process has given back all room; its counts are ours now.
   */
  void goOn() {
    for (int ring = 0; ring < released.length; ring++) {
      released[ring] = reader.consumerPosition(ring);
    }
    accounted = false;
  }

  /** Whether nothing that was read is still retained in a ring, and the account says so. */
  boolean isSettled() {
    if (!accounted) {
      return false;
    }
    for (int ring = 0; ring < released.length; ring++) {
      if (released[ring] != reader.cursor(ring)) {
        return false;
      }
    }
    return true;
  }

  /** Once the sinks have taken everything, writes the account and gives the room back. */
  void settle(long until) {
    if (isSettled()) {
      return;
    }
    Progress progress = new Progress();
    while (!areIdle()) {
      long now = System.nanoTime();
      if (!room.isOfOnlySink() && giveUpStalled(now)) {
        continue;
      }
      if (until - now < 0 && !isWorthWaiting(progress, now)) {
        giveUpStalled(now);
        return;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    long[] positions = new long[released.length];
    for (int ring = 0; ring < positions.length; ring++) {
      positions[ring] = reader.cursor(ring);
    }
    checkpoint.write(positions, lossLines.kernelTold());
    accounted = true;
    for (int ring = 0; ring < positions.length; ring++) {
      reader.release(ring, positions[ring]);
      released[ring] = positions[ring];
    }
  }

  /** How far the only sink has come while the reader waits for it. */
  private static final class Progress {
    long queued = Long.MAX_VALUE;
    long nanos;
  }

  /**
   * Room is given back only when a sink has taken everything, which one that is busy without a
   * pause never has. So the reader pauses for the only sink as long as that gets on: a process that
   * is killed soon has settled what it read.
   */
  private boolean isWorthWaiting(Progress progress, long now) {
    if (!room.mayWait()) {
      return false;
    }
    long queued = 0;
    for (int ring = 0; ring < released.length; ring++) {
      queued += deliveries.getFirst().account().counters(ring).queued();
    }
    if (queued < progress.queued) {
      progress.queued = queued;
      progress.nanos = now;
    }
    return room.mayWaitWithoutHarm() || now - progress.nanos < patienceNanos;
  }

  private boolean areIdle() {
    boolean idle = true;
    for (int i = 0; i < busySince.length; i++) {
      if (deliveries.get(i).isIdle()) {
        busySince[i] = 0;
      } else {
        busySince[i] = busySince[i] == 0 ? System.nanoTime() : busySince[i];
        idle = false;
      }
    }
    return idle;
  }

  /**
   * A sink that stands still while a ring fills up loses what it holds up: the first time after its
   * patience, and at once from then on where others would lose by the wait.
   */
  private boolean giveUpStalled(long now) {
    boolean any = false;
    for (int i = 0; i < busySince.length && retains(3); i++) {
      Delivery delivery = deliveries.get(i);
      boolean stalled = !room.isOfOnlySink() && delivery.standsStill();
      if (busySince[i] != 0 && (stalled || now - busySince[i] > patienceNanos)) {
        delivery.giveUpQueued();
        busySince[i] = 0;
        any = true;
      }
    }
    return any;
  }

  /** Whether more than so many quarters of a ring were read and are retained. */
  private boolean retains(int quarters) {
    for (int ring = 0; ring < released.length; ring++) {
      if (room.exceeds(ring, quarters, reader.cursor(ring) - released[ring])) {
        return true;
      }
    }
    return false;
  }
}

package dev.whistler.runtime.consume;

import dev.whistler.runtime.account.LossReason;
import dev.whistler.runtime.deliver.Delivery;
import dev.whistler.runtime.deliver.LineBatch;
import dev.whistler.runtime.deliver.Patience;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The one place that decides whether the reader of the rings waits for its sinks, for which, how
 * long, and when what a sink holds up is given up.
 *
 * <p>The reader is {@link Reading}, then {@link Ending}; any thread may end it, never back. A sink
 * is {@link Standing#FLOWING}, or {@link Standing#STALLED} once it was waited for in vain or failed
 * for good, until it takes a line; only the reading thread changes that. For the only sink nobody
 * suffers while records wait in rings that have room; of several, one would hold up the others.
 */
final class BackPressure {
  private static final long LOOK_NANOS = 50_000;

  private sealed interface Phase {}

  private record Reading() implements Phase {}

  /**
   * @param waitUntil no sink is waited for any longer, in the time of {@link System#nanoTime}
   * @param readUntil no record is read any more
   */
  private record Ending(long waitUntil, long readUntil) implements Phase {}

  private enum Standing {
    FLOWING,
    STALLED
  }

  private final RingRoom room;
  private final List<Watch> sinks;
  private final long patienceNanos;
  private volatile Phase phase = new Reading();

  /**
   * @param patience how long a sink that stands still may hold up the reader
   */
  BackPressure(RingRoom room, List<Delivery> deliveries, Duration patience) {
    this.room = room;
    this.sinks = deliveries.stream().map(Watch::new).toList();
    patienceNanos = patience.toNanos();
  }

  /**
   * Ends reading; a later call can only shorten the times.
   *
   * @param wait for how long sinks may still be waited for
   * @param read for how long records may still be read
   */
  synchronized void end(Duration wait, Duration read) {
    long now = System.nanoTime();
    long waitUntil = now + wait.toNanos();
    long readUntil = now + read.toNanos();
    phase =
        switch (phase) {
          case Reading _ -> new Ending(waitUntil, readUntil);
          case Ending before ->
              new Ending(
                  before.waitUntil + Math.min(0, waitUntil - before.waitUntil),
                  before.readUntil + Math.min(0, readUntil - before.readUntil));
        };
  }

  boolean isReading() {
    return phase instanceof Reading;
  }

  /** Whether the next record may be read. */
  boolean mayRead() {
    return readNanos() > 0;
  }

  /** Nanoseconds until nothing is read any more. */
  long readNanos() {
    return switch (phase) {
      case Reading _ -> Long.MAX_VALUE;
      case Ending ending -> ending.readUntil - System.nanoTime();
    };
  }

  private long waitNanos() {
    return switch (phase) {
      case Reading _ -> Long.MAX_VALUE;
      case Ending ending -> ending.waitUntil - System.nanoTime();
    };
  }

  /** Hands lines to every sink. */
  void offer(LineBatch batch) {
    for (int sink = 0; sink < sinks.size(); sink++) {
      offer(sink, batch);
    }
  }

  /** Hands lines to one sink. */
  void offer(int sink, LineBatch batch) {
    Watch watch = sinks.get(sink);
    watch.impatientSince = 0;
    watch.delivery.offer(batch, watch);
  }

  private boolean waitHarmsNobody() {
    return sinks.size() == 1 && waitNanos() > 0 && room.isAmple();
  }

  /** A sink as the reader knows it. */
  private final class Watch implements Patience {
    private final Delivery delivery;
    private Standing standing = Standing.FLOWING;
    private long taken;
    private long failed;

    /** Since when it is waited for at the cost of others; 0 is not at all. */
    private long impatientSince;

    /** Since when it has not taken everything; 0 is never. */
    private long busySince;

    Watch(Delivery delivery) {
      this.delivery = delivery;
    }

    private Standing standing() {
      long failedNow = delivery.chunksFailed();
      long takenNow = delivery.linesTaken();
      if (takenNow != taken) {
        standing = Standing.FLOWING;
      } else if (failedNow != failed) {
        standing = Standing.STALLED;
      }
      failed = failedNow;
      taken = takenNow;
      return standing;
    }

    @Override
    public long waitNanos() {
      long left = BackPressure.this.waitNanos();
      if (left <= 0) {
        return 0;
      }
      if (waitHarmsNobody()) {
        return left;
      }
      if (standing() == Standing.STALLED) {
        return 0;
      }
      long now = System.nanoTime();
      impatientSince = impatientSince == 0 ? now : impatientSince;
      long patience = patienceNanos - (now - impatientSince);
      if (patience <= 0) {
        standing = Standing.STALLED;
      }
      return Math.min(patience, left);
    }

    @Override
    public LossReason refusal() {
      return isReading() ? LossReason.QUEUE_FULL : LossReason.STOPPED;
    }

    boolean isIdle(long now) {
      boolean idle = delivery.isIdle();
      if (idle) {
        busySince = 0;
      } else if (busySince == 0) {
        busySince = now;
      }
      return idle;
    }

    boolean holdsUp(long now) {
      boolean stalled = sinks.size() > 1 && standing() == Standing.STALLED;
      return busySince != 0 && (stalled || now - busySince > patienceNanos);
    }

    void giveUp() {
      delivery.giveUp(refusal());
      standing = Standing.STALLED;
      busySince = 0;
    }
  }

  /**
   * Waits until the sinks have taken everything; beyond the time given as long as that harms nobody
   * and the only sink gets on.
   *
   * @return whether they have
   */
  boolean awaitIdle(long untilNanos) {
    Progress progress = new Progress();
    while (!areIdle()) {
      long now = System.nanoTime();
      if (sinks.size() > 1 && giveUpHoldUps(now)) {
        continue;
      }
      if (untilNanos - now < 0 && !isWorthWaiting(progress, now)) {
        giveUpHoldUps(now);
        return false;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return true;
  }

  private boolean areIdle() {
    long now = System.nanoTime();
    boolean idle = true;
    for (Watch sink : sinks) {
      idle &= sink.isIdle(now);
    }
    return idle;
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
    if (sinks.size() != 1 || waitNanos() <= 0) {
      return false;
    }
    long queued = sinks.getFirst().delivery.queuedLines();
    if (queued < progress.queued) {
      progress.queued = queued;
      progress.nanos = now;
    }
    return room.isAmple() || now - progress.nanos < patienceNanos;
  }

  /**
   * A sink that stands still while a ring fills up loses what it holds up: the first time after its
   * patience, and at once from then on where others would lose by the wait.
   */
  private boolean giveUpHoldUps(long now) {
    boolean any = false;
    for (Watch sink : sinks) {
      if (room.isHeldUp() && sink.holdsUp(now)) {
        sink.giveUp();
        any = true;
      }
    }
    return any;
  }
}

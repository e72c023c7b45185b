package dev.whistler.operator.installation;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

/**
 * Whether this replica may write. It may until a moment that each renewal of the Lease moves on, by
 * a clock that is never set; so it stops by itself when nothing renews it, in time for the next
 * leader. Once ended it never begins again in this process. Safe for use by several threads.
 */
@Singleton
public final class Leadership {
  private final LongSupplier nanos;
  private final List<Runnable> beginners = new CopyOnWriteArrayList<>();
  private long until;
  private boolean begun;
  private boolean ended;

  @Inject
  Leadership() {
    this(System::nanoTime);
  }

  /**
   * Does not lead yet.
   *
   * @param nanos as {@link System#nanoTime}
   */
  Leadership(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Tells of the beginning, on the thread that brings it about; the listener must not block. */
  public void onBegin(Runnable beginner) {
    beginners.add(beginner);
  }

  /** Whether this replica may write now. */
  public boolean isHeld() {
    return remaining().isPositive();
  }

  /** For how long this replica may write if nothing changes; zero or less: not now. */
  synchronized Duration remaining() {
    return begun && !ended ? Duration.ofNanos(until - nanos.getAsLong()) : Duration.ZERO;
  }

  /**
   * It may until then, unless it has ended.
   *
   * @param moment by the clock of this object
   */
  void holdUntil(long moment) {
    if (move(moment)) {
      beginners.forEach(Runnable::run);
    }
  }

  /** Whether this was the beginning. */
  private synchronized boolean move(long moment) {
    until = moment;
    notifyAll();
    boolean begins = !begun && !ended;
    begun = true;
    return begins;
  }

  /** Nothing is written any more. */
  synchronized void end() {
    ended = true;
  }

  /** Waits until this replica may write; for ever if it never may. */
  synchronized void await() throws InterruptedException {
    while (!isHeld()) {
      wait();
    }
  }
}

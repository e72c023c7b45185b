package dev.whistler.bpf.sys;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/**
 * A file descriptor that this object owns: closed once, by {@link #close()}, and never used after.
 * Calls that are under way then may end; the number is given back when the last one has. Whoever
 * holds an {@code Fd} in a field is the one who closes it.
 */
public final class Fd implements AutoCloseable {
  /** Set in {@link #users} when nobody may begin a call any more. */
  private static final int CLOSED = 1 << 31;

  /** Closes under way that may take long. */
  private static final AtomicInteger STUCK = new AtomicInteger();

  private static final Duration ALREADY_STUCK = Duration.ofMillis(50);

  private final int number;

  /** Calls under way; the last one after {@link #close()} gives the number back to the kernel. */
  private final AtomicInteger users = new AtomicInteger();

  /**
   * Takes ownership.
   *
   * @param number an open descriptor, 0 or more
   */
  public Fd(int number) {
    if (number < 0) {
      throw new IllegalArgumentException("not a file descriptor: " + number);
    }
    this.number = number;
  }

  /**
   * The descriptor's number, which stays this object's until {@link #release()}: the kernel gives
   * numbers out again, and a call on a number that was closed meanwhile would reach a stranger.
   *
   * @throws IllegalStateException if it is closed
   */
  int acquire() {
    if (!tryAcquire()) {
      throw closed();
    }
    return number;
  }

  private boolean tryAcquire() {
    int before = users.get();
    while (before >= 0) {
      if (users.compareAndSet(before, before + 1)) {
        return true;
      }
      before = users.get();
    }
    return false;
  }

  /** Ends what {@link #acquire()} began. */
  void release() {
    if (users.decrementAndGet() == CLOSED) {
      LibC.close(number);
    }
  }

  /**
   * One call with the number, which means nothing when the call has ended: it must not be kept.
   *
   * @throws IllegalStateException if it is closed
   */
  <T> T call(IntFunction<T> call) {
    int acquired = acquire();
    try {
      return call.apply(acquired);
    } finally {
      release();
    }
  }

  /** As {@link #call} for a caller to whom a closed descriptor is no failure. */
  void callIfOpen(IntConsumer call) {
    if (tryAcquire()) {
      try {
        call.accept(number);
      } finally {
        release();
      }
    }
  }

  private static IllegalStateException closed() {
    return new IllegalStateException("the file descriptor is closed");
  }

  /** Whether {@link #close()} has not been called yet. */
  public boolean isOpen() {
    return users.get() >= 0;
  }

  /** A second descriptor of the same kernel object, with its own life. */
  public Fd duplicate() {
    return call(open -> new Fd(LibC.duplicate(open)));
  }

  @Override
  public void close() {
    int before = users.getAndUpdate(count -> count | CLOSED);
    if (before == 0) {
      LibC.close(number);
    }
  }

  /**
   * Closes what the kernel may not let go soon: a link of a perf event or a uprobe, since Linux
   * 6.13 and some before, only when every program that sleeps has ended, whosever it is; and
   * whoever calls close(2) waits, deaf to all signals. The wait goes on in a thread of its own;
   * while one is beyond its limit, others are not waited for at all.
   *
   * @param limit how long to wait at most
   */
  public void close(Duration limit) {
    if (users.getAndUpdate(count -> count | CLOSED) != 0) {
      return;
    }
    STUCK.incrementAndGet();
    Thread closing =
        Thread.ofPlatform()
            .daemon()
            .name("close")
            .start(
                () -> {
                  LibC.close(number);
                  STUCK.decrementAndGet();
                });
    try {
      closing.join(STUCK.get() > 1 ? ALREADY_STUCK : limit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return isOpen() ? "fd " + number : "closed descriptor";
  }
}

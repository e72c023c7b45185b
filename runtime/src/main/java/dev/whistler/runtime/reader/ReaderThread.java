package dev.whistler.runtime.reader;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A platform thread that reads rings or writes what was read. While it runs, programs that leave
 * out what readers cause know it.
 */
public final class ReaderThread {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final CountDownLatch known = new CountDownLatch(1);
  private final Thread thread;

  /** A daemon of that name, not started. */
  public ReaderThread(String name, Runnable work) {
    thread = Thread.ofPlatform().daemon().name(name).unstarted(() -> run(work));
  }

  /** Starts it. On return it is known, or will be once this machine has time for it. */
  public void start() {
    thread.start();
    try {
      var _ = known.await(LIMIT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** The thread. */
  public Thread thread() {
    return thread;
  }

  private void run(Runnable work) {
    OptionalInt id = OptionalInt.empty();
    try {
      try {
        id = CurrentThread.id();
        id.ifPresent(ReaderThreads::add);
      } finally {
        known.countDown();
      }
      work.run();
    } finally {
      id.ifPresent(ReaderThreads::remove);
    }
  }
}

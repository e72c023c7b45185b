package dev.whistler.agent.log;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.ExtLogRecord;

/**
 * Writes log lines on a thread of its own. Whoever reads standard error may stop reading: then a
 * write never returns, and a thread that logs must not be the one that loads and unloads programs.
 * Lines that find the queue full are dropped, and how many, the next line says that is written.
 */
public final class BoundedLogHandler extends ExtHandler {
  private static final int LINES = 2048;
  private static final long LOOK_MILLIS = 5;

  private final List<Handler> targets;
  private final BlockingQueue<ExtLogRecord> queue = new ArrayBlockingQueue<>(LINES);
  private final AtomicLong dropped = new AtomicLong();

  /** Lines that were taken on and are not written yet. */
  private final AtomicLong unwritten = new AtomicLong();

  /**
   * Begins to write.
   *
   * @param targets which may block
   */
  BoundedLogHandler(List<Handler> targets) {
    this.targets = List.copyOf(targets);
    Thread.ofPlatform().name("whistler-log").daemon().start(this::write);
  }

  /** Takes the place of the handlers of all logs of this process. */
  public static BoundedLogHandler install() {
    Logger root = Logger.getLogger("");
    List<Handler> former = List.of(root.getHandlers());
    BoundedLogHandler handler = new BoundedLogHandler(former);
    root.addHandler(handler);
    former.forEach(root::removeHandler);
    return handler;
  }

  /**
   * Writes what is there and gives their place back to the handlers that were there before, so that
   * the last lines of the process are not lost; leaves all as it is if they take longer.
   *
   * @param limit how long to wait for what is there
   * @return false if they take longer: whoever closes these handlers may wait for ever
   */
  public boolean uninstall(Duration limit) {
    if (!awaitWritten(limit) || !flushed(limit)) {
      return false;
    }
    Logger root = Logger.getLogger("");
    targets.forEach(root::addHandler);
    root.removeHandler(this);
    return awaitWritten(limit);
  }

  /** Handlers may have queues of their own, behind which a write hangs. */
  private boolean flushed(Duration limit) {
    Thread flush =
        Thread.ofPlatform()
            .name("whistler-log-flush")
            .daemon()
            .start(() -> targets.forEach(Handler::flush));
    try {
      return flush.join(limit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private boolean awaitWritten(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    try {
      while (unwritten.get() > 0) {
        if (System.nanoTime() - end >= 0) {
          return false;
        }
        Thread.sleep(LOOK_MILLIS);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  protected void doPublish(ExtLogRecord line) {
    // What belongs to the logging thread must be read on it.
    line.copyAll();
    unwritten.incrementAndGet();
    if (!queue.offer(line)) {
      unwritten.decrementAndGet();
      dropped.incrementAndGet();
    }
  }

  private void write() {
    try {
      while (true) {
        ExtLogRecord line = queue.take();
        try {
          long lost = dropped.getAndSet(0);
          if (lost > 0) {
            pass(lost(lost));
          }
          pass(line);
        } finally {
          unwritten.decrementAndGet();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pass(ExtLogRecord line) {
    for (Handler target : targets) {
      try {
        target.publish(line);
      } catch (RuntimeException e) {
        // A log that cannot be written cannot tell of it; the next line may be.
        dropped.incrementAndGet();
      }
    }
  }

  private static ExtLogRecord lost(long count) {
    return ExtLogRecord.wrap(
        new LogRecord(
            Level.WARNING,
            count + " lines of the log were dropped, as they were not taken in time."));
  }

  /** Returns at once: to wait for the targets is what this must never do. */
  @Override
  public void flush() {}
}

package dev.whistler.operator.reconcile;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Hands on each key at most once in a period: at once if that was not within the last period, else
 * at its end, however often it was said meanwhile. Safe for use by several threads.
 */
final class Pacer<K> {
  private final Duration period;
  private final ScheduledExecutorService timer;
  private final Consumer<K> handOn;

  /** Keys handed on within the last period, and whether they were said again since. */
  private final Map<K, Boolean> saidAgain = new HashMap<>();

  /**
   * Nothing said yet.
   *
   * @param timer may be shut down: then nothing is handed on any more
   * @param handOn called by whoever says something, or by the timer's thread
   */
  Pacer(Duration period, ScheduledExecutorService timer, Consumer<K> handOn) {
    this.period = period;
    this.timer = timer;
    this.handOn = handOn;
  }

  /** Says a key. */
  void say(K key) {
    synchronized (this) {
      if (timer.isShutdown()) {
        return;
      }
      if (saidAgain.containsKey(key)) {
        saidAgain.put(key, true);
        return;
      }
      begin(key);
    }
    handOn.accept(key);
  }

  private void begin(K key) {
    saidAgain.put(key, false);
    var _ = timer.schedule(() -> end(key), period.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void end(K key) {
    synchronized (this) {
      boolean again = Boolean.TRUE.equals(saidAgain.remove(key));
      if (!again || timer.isShutdown()) {
        return;
      }
      begin(key);
    }
    handOn.accept(key);
  }
}

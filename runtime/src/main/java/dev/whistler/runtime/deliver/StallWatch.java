package dev.whistler.runtime.deliver;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Looks after all sinks of the process once a second: one whose write does not return cannot say so
 * itself.
 */
final class StallWatch {
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Set<Delivery> WATCHED = ConcurrentHashMap.newKeySet();

  static {
    Thread.ofPlatform().daemon().name("sink-watch").start(StallWatch::run);
  }

  private StallWatch() {}

  static void add(Delivery delivery) {
    WATCHED.add(delivery);
  }

  static void remove(Delivery delivery) {
    WATCHED.remove(delivery);
  }

  private static void run() {
    while (true) {
      try {
        Thread.sleep(INTERVAL);
      } catch (InterruptedException nobodyDoes) {
        return;
      }
      WATCHED.forEach(StallWatch::look);
    }
  }

  /** A listener that throws keeps no other sink from being looked at. */
  private static void look(Delivery delivery) {
    try {
      delivery.look();
    } catch (RuntimeException e) {
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
    }
  }
}

package dev.whistler.operator.cluster;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * When names were last seen. What was not seen for a grace period is forgotten; the period runs
 * from the beginning at the earliest, since what was seen before it is not known. Safe for use by
 * several threads.
 */
final class LastSeen {
  private final long grace;
  private final LongSupplier clock;
  private final long began;
  private final Map<String, Long> last = new ConcurrentHashMap<>();

  /**
   * Nothing seen yet.
   *
   * @param clock nanoseconds from any beginning, as {@link System#nanoTime}
   */
  LastSeen(Duration grace, LongSupplier clock) {
    this.grace = grace.toNanos();
    this.clock = clock;
    this.began = clock.getAsLong();
  }

  void seen(String name) {
    last.put(name, clock.getAsLong());
  }

  boolean isForgotten(String name) {
    return clock.getAsLong() - last.getOrDefault(name, began) > grace;
  }

  /** Keeps nothing of names that are forgotten anyway. */
  void prune() {
    long now = clock.getAsLong();
    if (now - began > grace) {
      last.values().removeIf(seen -> now - seen > grace);
    }
  }

  /** How many names are remembered. */
  int size() {
    return last.size();
  }
}

package dev.whistler.operator.profile;

import java.time.Duration;

/** So much at once, and one more in each interval. Used by one thread. */
final class TokenBucket {
  private final int capacity;
  private final long interval;
  private int tokens;

  /** Until when tokens have been earned. */
  private long earnedAt;

  /**
   * A full bucket.
   *
   * @param capacity most tokens, ≥ 1
   * @param interval in which one is earned
   * @param now nanoseconds from any beginning, as {@link System#nanoTime}
   */
  TokenBucket(int capacity, Duration interval, long now) {
    this.capacity = capacity;
    this.interval = interval.toNanos();
    this.tokens = capacity;
    this.earnedAt = now;
  }

  /** Takes a token, if there is one. */
  boolean take(long now) {
    earn(now);
    if (tokens == 0) {
      return false;
    }
    tokens--;
    return true;
  }

  boolean isEmpty(long now) {
    earn(now);
    return tokens == 0;
  }

  /** Whether it is as if it had never been used. */
  boolean isFull(long now) {
    earn(now);
    return tokens == capacity;
  }

  private void earn(long now) {
    long earned = (now - earnedAt) / interval;
    if (tokens + earned >= capacity) {
      tokens = capacity;
      earnedAt = now;
    } else if (earned > 0) {
      tokens += (int) earned;
      earnedAt += earned * interval;
    }
  }
}

package dev.whistler.operator.build;

import java.time.Duration;
import java.util.Optional;

/**
 * A compilation that ended for a reason which may be another next time: it ran out of time, or the
 * operator itself failed. It is not tried again before a while, which grows with each attempt.
 *
 * @param outcome what is said of it meanwhile
 * @param attempts made so far, at least 1
 * @param notBeforeNanos when it may be tried again, by the clock of {@link System#nanoTime}
 */
record Setback(BuildOutcome outcome, int attempts, long notBeforeNanos) {
  static final Duration FIRST = Duration.ofSeconds(30);
  static final Duration LONGEST = Duration.ofHours(1);

  /** So far is a wait shortened or prolonged by chance, so that not all come at once. */
  static final double JITTER = 0.2;

  private static final int MAX_DOUBLINGS = 16;

  /**
   * The wait after so many attempts, twice that of the one before up to {@link #LONGEST}.
   *
   * @param chance from 0 to 1
   */
  static Duration delay(int attempts, double chance) {
    long nanos =
        Math.min(
            LONGEST.toNanos(),
            FIRST.toNanos() << Math.min(MAX_DOUBLINGS, Math.max(0, attempts - 1)));
    return Duration.ofNanos((long) (nanos * (1 - JITTER + 2 * JITTER * chance)));
  }

  /** How long it is not tried again; negative when it may be. */
  Duration left(long nowNanos) {
    return Duration.ofNanos(notBeforeNanos - nowNanos);
  }

  long bytes() {
    return new TracedBuild(outcome, Optional.empty()).bytes();
  }
}

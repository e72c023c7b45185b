package dev.whistler.agent.work;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Waits between tries: 1 s, doubled each time, at most 60 s. */
public final class Backoff {

  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LAST = Duration.ofSeconds(60);

  private Backoff() {}

  /**
   * @param failures tries that have failed in a row, ≥ 1
   */
  public static Duration after(int failures) {
    Duration wait = FIRST.multipliedBy(1L << Math.min(failures - 1, 6));
    return wait.compareTo(LAST) > 0 ? LAST : wait;
  }

  /**
   * Once to twice as long, at random, so that the agents of all nodes do not try again at once.
   *
   * @param failures tries that have failed in a row, ≥ 1
   */
  public static Duration spread(int failures) {
    long wait = after(failures).toMillis();
    return Duration.ofMillis(wait + ThreadLocalRandom.current().nextLong(wait));
  }
}

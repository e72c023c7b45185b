package dev.whistler.operator.chore;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * The end of all waiting of one chore.
 *
 * @param nanos of {@link System#nanoTime}
 */
record Deadline(long nanos) {
  private static final Duration STEP = Duration.ofMillis(500);

  static Deadline in(Duration limit) {
    return new Deadline(System.nanoTime() + limit.toNanos());
  }

  boolean isOver() {
    return System.nanoTime() - nanos >= 0;
  }

  /** Asks twice a second, at least once; false if the condition does not hold in time. */
  boolean await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      if (isOver()) {
        return false;
      }
      try {
        Thread.sleep(STEP);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }
}

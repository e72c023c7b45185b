package dev.whistler.testbed.process;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Bounded waits for something that another process does. Tools wait as well as tests, so it is no
 * library for tests: this asks on the thread of its caller, and its message goes to users as it is.
 */
public final class Waiting {

  private static final Duration STEP = Duration.ofMillis(50);

  private Waiting() {}

  /** A wait that ran into its bound; the message says for what and for how long. */
  public static final class TimeoutException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TimeoutException(String message) {
      super(message);
    }
  }

  /** Asks every 50 ms until {@code condition} holds. */
  public static void until(String what, Duration limit, BooleanSupplier condition) {
    var _ = get(what, limit, () -> condition.getAsBoolean() ? Optional.of(true) : NOTHING);
  }

  private static final Optional<Boolean> NOTHING = Optional.empty();

  /** Asks every 50 ms until {@code source} has something to give. */
  public static <T> T get(String what, Duration limit, Supplier<Optional<T>> source) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      Optional<T> value = source.get();
      if (value.isPresent()) {
        return value.get();
      }
      if (System.nanoTime() - deadline > 0) {
        throw new TimeoutException(what + ": not within " + limit.toMillis() / 1e3 + " s.");
      }
      try {
        Thread.sleep(STEP);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Interrupted while waiting for " + what + ".", e);
      }
    }
  }
}

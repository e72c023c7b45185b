package dev.whistler.operator.installation;

import dev.whistler.operator.config.OperatorConfig;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Time in which the API server was heard, by a clock that stands still while it is away, or this
 * process is: who was not heard of then was not silent. It moves on with each look at the Lease of
 * the installation, every few seconds. Safe for use by several threads.
 */
@Singleton
public final class Contact {
  private final LongSupplier clock;
  private final long longest;
  private long last;
  private long heard;
  private boolean lost;

  @Inject
  Contact(OperatorConfig config) {
    this(System::nanoTime, config.leaderLease());
  }

  /**
   * Nothing heard yet.
   *
   * @param clock as {@link System#nanoTime}
   * @param longest between two looks at the Lease
   */
  public Contact(LongSupplier clock, Duration longest) {
    this.clock = clock;
    this.longest = longest.toNanos();
    this.last = clock.getAsLong();
  }

  /** The API server has answered. */
  public synchronized void heard() {
    long now = clock.getAsLong();
    if (!lost && now - last <= longest) {
      heard += now - last;
    }
    last = now;
    lost = false;
  }

  /** The API server has not answered: what passed since it did last does not count. */
  public synchronized void lost() {
    lost = true;
  }

  /** Nanoseconds for which it was heard. */
  public synchronized long nanos() {
    return heard;
  }
}

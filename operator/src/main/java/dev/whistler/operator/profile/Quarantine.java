package dev.whistler.operator.profile;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Names whose content was refused. They are wanted again after a while: whoever spoiled one must
 * neither keep out the right content for ever nor keep us busy. Safe for use by several threads.
 */
final class Quarantine {
  /** How long a name is not asked for. */
  static final Duration TIME = Duration.ofMinutes(1);

  private final LongSupplier clock;
  private final Map<String, Long> since = new ConcurrentHashMap<>();

  /**
   * Nobody is in it.
   *
   * @param clock nanoseconds from any beginning, as {@link System#nanoTime}: one that is set would
   *     keep names out for as long as it is set back
   */
  Quarantine(LongSupplier clock) {
    this.clock = clock;
  }

  void begin(String name) {
    since.values().removeIf(this::isOver);
    since.put(name, clock.getAsLong());
  }

  boolean holds(String name) {
    @Nullable Long began = since.get(name);
    return began != null && !isOver(began);
  }

  private boolean isOver(long began) {
    return clock.getAsLong() - began > TIME.toNanos();
  }
}

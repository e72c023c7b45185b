package dev.whistler.operator.cluster;

import dev.whistler.operator.model.Liveness;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Which agents still speak. What counts is the time, by a clock of this process that is never set,
 * since a renewal was last seen to change: the times that agents write are by their own clocks and
 * are only compared with each other. Safe for use by several threads.
 */
final class AgentLiveness {
  /** How long an agent may be silent whose Lease does not say so. */
  static final Duration DEFAULT_LIMIT = Duration.ofSeconds(120);

  /** A Lease is written by its own node and may say anything. */
  private static final Duration LEAST_LIMIT = Duration.ofSeconds(5);

  private static final Duration GREATEST_LIMIT = Duration.ofHours(1);

  private record Heard(String renewal, long nanos, Duration limit, boolean renewed) {}

  private final Map<String, Heard> heard = new ConcurrentHashMap<>();
  private final LongSupplier clock;

  /**
   * Nobody has been heard of.
   *
   * @param clock nanoseconds from any beginning, of time in which agents could be heard
   */
  AgentLiveness(LongSupplier clock) {
    this.clock = clock;
  }

  /** A node has an agent; without a Lease its time begins now. */
  void appeared(String node) {
    heard.computeIfAbsent(node, name -> new Heard("", clock.getAsLong(), DEFAULT_LIMIT, false));
  }

  /**
   * A Lease was seen.
   *
   * @param renewal its renewal time, as text
   * @param limit how long the agent may be silent from now on
   */
  void seen(String node, String renewal, Duration limit) {
    long now = clock.getAsLong();
    Duration bounded =
        limit.compareTo(LEAST_LIMIT) < 0
            ? LEAST_LIMIT
            : limit.compareTo(GREATEST_LIMIT) > 0 ? GREATEST_LIMIT : limit;
    heard.compute(
        node,
        (name, before) -> {
          if (before == null) {
            return new Heard(renewal, now, bounded, false);
          }
          return before.renewal.equals(renewal)
              ? new Heard(renewal, before.nanos, bounded, before.renewed)
              : new Heard(renewal, now, bounded, !before.renewal.isEmpty());
        });
  }

  /** A node is gone, and its agent with it. */
  void gone(String node) {
    heard.remove(node);
  }

  Liveness of(String node) {
    Heard last = heard.get(node);
    if (last == null) {
      return Liveness.UNHEARD;
    }
    if (clock.getAsLong() - last.nanos > last.limit.toNanos()) {
      return Liveness.SILENT;
    }
    return last.renewed ? Liveness.ALIVE : Liveness.UNHEARD;
  }
}

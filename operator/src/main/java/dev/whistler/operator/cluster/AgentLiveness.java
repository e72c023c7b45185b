package dev.whistler.operator.cluster;

import dev.whistler.operator.model.Liveness;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Which agents still speak. What counts is the time, by a clock of this process that is never set,
 * since a renewal was last seen to change: the times that agents write are by their own clocks and
 * are only compared with each other.
 *
 * <p>A watch that was interrupted brings nothing for up to half a minute, and tells nobody. So an
 * agent whose time is over counts as silent only when its Lease was read after that and was still
 * the same. Safe for use by several threads.
 */
final class AgentLiveness {
  /** How long an agent may be silent whose Lease does not say so. */
  static final Duration DEFAULT_LIMIT = Duration.ofSeconds(120);

  /** A Lease is written by its own node and may say anything. */
  private static final Duration LEAST_LIMIT = Duration.ofSeconds(5);

  private static final Duration GREATEST_LIMIT = Duration.ofHours(1);

  /**
   * Of one agent.
   *
   * @param nanos when this renewal was seen first
   * @param renewed whether another one was seen before it
   * @param readAgain whether the Lease was still the same after its time was over
   */
  private record Heard(
      String renewal, long nanos, Duration limit, boolean renewed, boolean readAgain) {
    boolean isOver(long now) {
      return now - nanos > limit.toNanos();
    }
  }

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
    heard.computeIfAbsent(
        node, name -> new Heard("", clock.getAsLong(), DEFAULT_LIMIT, false, false));
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
            return new Heard(renewal, now, bounded, false, false);
          }
          return before.renewal.equals(renewal)
              ? new Heard(renewal, before.nanos, bounded, before.renewed, before.readAgain)
              : new Heard(renewal, now, bounded, !before.renewal.isEmpty(), false);
        });
  }

  /** Agents whose time is over and whose Leases were not read since. */
  Set<String> toReadAgain() {
    long now = clock.getAsLong();
    return heard.entrySet().stream()
        .filter(it -> it.getValue().isOver(now) && !it.getValue().readAgain)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** These Leases were read again, and {@link #seen} was told of those that exist. */
  void readAgain(Set<String> nodes) {
    long now = clock.getAsLong();
    for (String node : nodes) {
      heard.computeIfPresent(
          node,
          (name, last) ->
              new Heard(last.renewal, last.nanos, last.limit, last.renewed, last.isOver(now)));
    }
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
    if (last.readAgain && last.isOver(clock.getAsLong())) {
      return Liveness.SILENT;
    }
    return last.renewed ? Liveness.ALIVE : Liveness.UNHEARD;
  }
}

package dev.whistler.runtime.account;

import java.util.EnumMap;
import java.util.Map;

/**
 * What one sink did with the decoded records of one ring.
 *
 * @param sink name of the sink
 * @param filtered not meant for it
 * @param delivered accepted by it
 * @param lost not delivered, by reason; reasons with a count of 0 are absent
 * @param queued waiting
 */
public record SinkCounters(
    String sink, long filtered, long delivered, Map<LossReason, Long> lost, long queued) {
  public SinkCounters {
    lost = Map.copyOf(lost);
  }

  /**
   * The same where so many records were decoded in all: what waits while it is being counted as
   * delivered counts once.
   */
  public SinkCounters within(long decoded) {
    long atMost = Math.max(0, decoded - filtered - delivered - lostTotal());
    return queued <= atMost ? this : new SinkCounters(sink, filtered, delivered, lost, atMost);
  }

  SinkCounters plus(SinkCounters other) {
    Map<LossReason, Long> sum = new EnumMap<>(LossReason.class);
    sum.putAll(lost);
    other.lost.forEach((reason, count) -> sum.merge(reason, count, Long::sum));
    return new SinkCounters(
        sink, filtered + other.filtered, delivered + other.delivered, sum, queued + other.queued);
  }

  public long lostTotal() {
    return lost.values().stream().mapToLong(Long::longValue).sum();
  }
}

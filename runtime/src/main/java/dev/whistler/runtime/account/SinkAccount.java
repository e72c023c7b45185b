package dev.whistler.runtime.account;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts what one sink does with the records of each ring. Written by the reader of the rings and
 * by the sink's writer, read by anybody.
 */
public final class SinkAccount {
  private static final LossReason[] REASONS = LossReason.values();

  private final String sink;
  private final AtomicLongArray filtered;
  private final AtomicLongArray delivered;
  private final AtomicLongArray queued;
  private final AtomicLongArray lost;

  public SinkAccount(String sink, int rings) {
    this.sink = sink;
    filtered = new AtomicLongArray(rings);
    delivered = new AtomicLongArray(rings);
    queued = new AtomicLongArray(rings);
    lost = new AtomicLongArray(rings * REASONS.length);
  }

  public String sink() {
    return sink;
  }

  /** How many rings are counted, numbered from 0. */
  public int rings() {
    return delivered.length();
  }

  public void filtered(int ring, long records) {
    filtered.addAndGet(ring, records);
  }

  /** Records were put into the queue. */
  public void queued(int ring, long records) {
    queued.addAndGet(ring, records);
  }

  /** Records from the queue were accepted by the sink. */
  public void delivered(int ring, long records) {
    delivered.addAndGet(ring, records);
    queued.addAndGet(ring, -records);
  }

  /** Records never came into the queue. */
  public void refused(int ring, LossReason reason, long records) {
    lost.addAndGet(ring * REASONS.length + reason.ordinal(), records);
  }

  /** Records from the queue are given up. */
  public void dropped(int ring, LossReason reason, long records) {
    refused(ring, reason, records);
    queued.addAndGet(ring, -records);
  }

  /** Goes on from the counts of an earlier process; before the first record. */
  public void restore(int ring, long filteredBefore, long deliveredBefore, long[] lostBefore) {
    filtered.set(ring, filteredBefore);
    delivered.set(ring, deliveredBefore);
    for (LossReason reason : REASONS) {
      lost.set(ring * REASONS.length + reason.ordinal(), lostBefore[reason.ordinal()]);
    }
  }

  public SinkCounters counters(int ring) {
    Map<LossReason, Long> reasons = new EnumMap<>(LossReason.class);
    for (LossReason reason : REASONS) {
      long count = lost.get(ring * REASONS.length + reason.ordinal());
      if (count != 0) {
        reasons.put(reason, count);
      }
    }
    return new SinkCounters(
        sink, filtered.get(ring), delivered.get(ring), reasons, queued.get(ring));
  }
}

package dev.whistler.runtime;

import java.time.Duration;

/**
 * Bounds of one running program.
 *
 * @param queueBytes bytes of encoded records that wait for one sink, 64 KiB to 1 GiB
 * @param sinkPatience how long the ring reader waits for room in a full queue before records count
 *     as lost; after that, or after a write failed for good, it does not wait again until the sink
 *     has made progress. For its only sink it waits longer, as long as a quarter of every ring is
 *     free
 * @param pause between two reads of the rings at most, 0 to 100 ms, where few records come; shorter
 *     where a ring is small or filled. Records come that much later, and the reader wakes less
 *     often
 * @param maxRecords records delivered at most; those after it count as filtered; 0 is no limit
 */
public record Limits(int queueBytes, Duration sinkPatience, Duration pause, long maxRecords) {
  public static final Limits DEFAULT = new Limits(4 << 20, Duration.ofSeconds(1), Duration.ZERO, 0);

  public Limits {
    if (queueBytes < 64 << 10 || queueBytes > 1 << 30) {
      throw new IllegalArgumentException(
          "A sink's queue holds 64 KiB to 1 GiB, not " + queueBytes + " bytes.");
    }
    if (sinkPatience.isNegative() || sinkPatience.compareTo(Duration.ofMinutes(1)) > 0) {
      throw new IllegalArgumentException("A sink's patience lies between 0 and 1 minute.");
    }
    if (pause.isNegative() || pause.compareTo(Duration.ofMillis(100)) > 0) {
      throw new IllegalArgumentException("A pause lies between 0 and 100 milliseconds.");
    }
    if (maxRecords < 0) {
      throw new IllegalArgumentException("A number of records is not negative: " + maxRecords);
    }
  }

  public Limits withMaxRecords(long records) {
    return new Limits(queueBytes, sinkPatience, pause, records);
  }

  public Limits withQueueBytes(int bytes) {
    return new Limits(bytes, sinkPatience, pause, maxRecords);
  }

  public Limits withSinkPatience(Duration patience) {
    return new Limits(queueBytes, patience, pause, maxRecords);
  }

  public Limits withPause(Duration between) {
    return new Limits(queueBytes, sinkPatience, between, maxRecords);
  }
}

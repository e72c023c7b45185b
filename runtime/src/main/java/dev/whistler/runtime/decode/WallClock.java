package dev.whistler.runtime.decode;

import java.time.Instant;

/**
 * What the kernel's clocks read in wall time. The offsets are sampled, since the wall clock is
 * stepped and slewed; a record gets the offset of the moment of its decoding.
 */
public final class WallClock {
  private static final int SAMPLES = 5;
  private static final long NANOS = 1_000_000_000L;
  // 0.1 s: much longer than a sample takes, short against a step of the clock that matters
  private static final long MAX_AGE_NANOS = NANOS / 10;

  private long monotonicOffset;
  private long bootOffset;
  private long sampledAt;
  private final BootClock boot;

  /** Reads the boot clock, which unlike the monotonic clock goes on while the machine sleeps. */
  @FunctionalInterface
  public interface BootClock {
    /** Nanoseconds since boot, time asleep included. */
    long nanos();
  }

  public WallClock(BootClock boot) {
    this.boot = boot;
    sample();
  }

  /** Samples again if the last sample is old. To be called before a batch of records. */
  public void refresh() {
    if (System.nanoTime() - sampledAt > MAX_AGE_NANOS) {
      sample();
    }
  }

  /** Takes the wall clock reading whose two monotonic neighbours lie closest together. */
  private void sample() {
    long narrowest = Long.MAX_VALUE;
    for (int i = 0; i < SAMPLES; i++) {
      long before = System.nanoTime(); // CLOCK_MONOTONIC on Linux, as bpf_ktime_get_ns
      Instant wall = Instant.now();
      long boottime = boot.nanos();
      long after = System.nanoTime();
      if (after - before < narrowest) {
        narrowest = after - before;
        long middle = before + (after - before) / 2;
        long wallNanos = wall.getEpochSecond() * NANOS + wall.getNano();
        monotonicOffset = wallNanos - middle;
        bootOffset = wallNanos - boottime;
        sampledAt = after;
      }
    }
  }

  /** Wall time now, in nanoseconds since 1970. */
  long now() {
    return System.nanoTime() + monotonicOffset;
  }

  /** Wall time of a reading of the monotonic clock. */
  long ofMonotonic(long nanos) {
    return nanos + monotonicOffset;
  }

  /** Wall time of a reading of the boot clock. */
  long ofBoot(long nanos) {
    return nanos + bootOffset;
  }

  /** The reading of the monotonic clock at a wall time. */
  public long toMonotonic(long wallNanos) {
    return wallNanos - monotonicOffset;
  }

  /** The reading of the boot clock at a wall time. */
  public long toBoot(long wallNanos) {
    return wallNanos - bootOffset;
  }
}

package dev.whistler.runtime.decode;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * What the kernel's clocks read in wall time. The offsets are sampled, since the wall clock is
 * stepped and slewed; a record gets the offset of the moment of its decoding. A step of the wall
 * clock thus moves the times of the records after it as it moves every other time on the machine.
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
  private final LongSupplier monotonic;
  private final InstantSource wall;

  /** Reads the boot clock, which unlike the monotonic clock goes on while the machine sleeps. */
  @FunctionalInterface
  public interface BootClock {
    /** Nanoseconds since boot, time asleep included. */
    long nanos();
  }

  /**
   * Of this machine's clocks.
   *
   * @param boot as this process reads it
   */
  public WallClock(BootClock boot) {
    this(boot, TimeNamespace.own());
  }

  /** Programs read the kernel's clocks, this process those of its time namespace. */
  private WallClock(BootClock boot, TimeNamespace ahead) {
    // CLOCK_MONOTONIC on Linux, as bpf_ktime_get_ns
    this(
        () -> boot.nanos() - ahead.bootNanos(),
        () -> System.nanoTime() - ahead.monotonicNanos(),
        InstantSource.system());
  }

  /**
   * @param monotonic nanoseconds of the monotonic clock, never going back
   * @param wall the wall clock, which may be set in either direction at any time
   */
  public WallClock(BootClock boot, LongSupplier monotonic, InstantSource wall) {
    this.boot = boot;
    this.monotonic = monotonic;
    this.wall = wall;
    sample();
  }

  /** Samples again if the last sample is old. To be called before a batch of records. */
  public void refresh() {
    if (monotonic.getAsLong() - sampledAt > MAX_AGE_NANOS) {
      sample();
    }
  }

  /** Takes the wall clock reading whose two monotonic neighbours lie closest together. */
  private void sample() {
    long narrowest = Long.MAX_VALUE;
    for (int i = 0; i < SAMPLES; i++) {
      long before = monotonic.getAsLong();
      Instant now = wall.instant();
      long boottime = boot.nanos();
      long after = monotonic.getAsLong();
      if (after - before < narrowest) {
        narrowest = after - before;
        long middle = before + (after - before) / 2;
        long wallNanos = now.getEpochSecond() * NANOS + now.getNano();
        monotonicOffset = wallNanos - middle;
        bootOffset = wallNanos - boottime;
        sampledAt = after;
      }
    }
  }

  /** Wall time now, in nanoseconds since 1970. */
  long now() {
    return sum(monotonic.getAsLong(), monotonicOffset);
  }

  /** Wall time of a reading of the monotonic clock. */
  long ofMonotonic(long nanos) {
    return sum(nanos, monotonicOffset);
  }

  /** Wall time of a reading of the boot clock. */
  long ofBoot(long nanos) {
    return sum(nanos, bootOffset);
  }

  /**
   * What came before 1970, on a machine whose wall clock stands just behind it, is the beginning of
   * 1970: the sum would wrap to a time five centuries ahead.
   */
  private static long sum(long reading, long offset) {
    boolean before1970 = offset < 0 && Long.compareUnsigned(reading, -offset) < 0;
    return before1970 ? 0 : reading + offset;
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

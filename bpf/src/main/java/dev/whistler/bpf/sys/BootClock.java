package dev.whistler.bpf.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The clock of {@code bpf_ktime_get_boot_ns}: as the monotonic clock, which {@link
 * System#nanoTime()} reads, but it goes on while the machine sleeps.
 */
public final class BootClock {
  private static final int CLOCK_BOOTTIME = 7; // include/uapi/linux/time.h
  private static final long NANOS = 1_000_000_000L;

  private BootClock() {}

  /** Nanoseconds since boot. */
  public static long nanos() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment time = arena.allocate(16, 8); // struct timespec on 64-bit machines
      LibC.clockGetTime(CLOCK_BOOTTIME, time);
      return time.get(JAVA_LONG, 0) * NANOS + time.get(JAVA_LONG, 8);
    }
  }
}

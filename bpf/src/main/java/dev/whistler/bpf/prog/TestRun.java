package dev.whistler.bpf.prog;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Input of a run outside events (BPF_PROG_TEST_RUN). Which parts a program type takes is fixed by
 * the kernel: packet programs (XDP, tc, cgroup_skb, socket filter, flow dissector) take data of at
 * least 14 bytes and a context if wanted; raw tracepoints, sk_lookup and syscall programs take only
 * a context. Tracepoint, kprobe and perf_event programs cannot be run this way.
 *
 * @param data packet, or null
 * @param context the context structure, or null
 * @param repeat runs, 0 for one run; only packet programs can repeat
 * @param flags BPF_F_TEST_*, see the constants
 * @param cpu where to run with {@link #ON_CPU}
 */
public record TestRun(
    byte @Nullable [] data, byte @Nullable [] context, int repeat, int flags, int cpu) {
  /** Run on a given CPU; raw tracepoints only. */
  public static final int ON_CPU = 1;

  /** XDP only: the frames are really transmitted. */
  public static final int XDP_LIVE_FRAMES = 1 << 1;

  /** Runs a packet through a program. */
  public static TestRun packet(byte[] packet) {
    return new TestRun(packet, null, 0, 0, 0);
  }

  /** Runs a program on a context alone. */
  public static TestRun context(byte[] context) {
    return new TestRun(null, context, 0, 0, 0);
  }

  /** The same input so many times, for measurements. */
  public TestRun repeated(int times) {
    return new TestRun(data, context, times, flags, cpu);
  }

  /** The same with a context beside the packet. */
  public TestRun withContext(byte[] context) {
    return new TestRun(data, context, repeat, flags, cpu);
  }

  /** The same on one CPU. */
  public TestRun onCpu(int cpu) {
    return new TestRun(data, context, repeat, flags | ON_CPU, cpu);
  }

  /**
   * What came out.
   *
   * @param returnValue of the last run
   * @param duration mean of one run, by the kernel's clock
   * @param data the packet after the last run; empty if there is none
   * @param context the context after the last run; empty if there is none
   */
  public record Result(int returnValue, Duration duration, byte[] data, byte[] context) {}
}

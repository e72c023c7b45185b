package dev.whistler.bpf.link;

import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.PerfEvent;

/** Programs of type PERF_EVENT: run at every overflow of a counter on one CPU. */
public final class PerfSampling {
  /** PERF_COUNT_SW_CPU_CLOCK. */
  public static final int CPU_CLOCK = 0;

  /** PERF_COUNT_SW_CONTEXT_SWITCHES. */
  public static final int CONTEXT_SWITCHES = 3;

  private PerfSampling() {}

  /**
   * Samples a software event so many times a second.
   *
   * @param event PERF_COUNT_SW_*
   * @param hertz 1 to /proc/sys/kernel/perf_event_max_sample_rate
   */
  public static BpfLink attach(BpfProgram program, int event, int hertz, int cpu) {
    String action = "attach " + program + " to software event " + event + " on CPU " + cpu;
    PerfEvent.Request request =
        new PerfEvent.Request(PerfEvent.SOFTWARE, event, hertz, true, null, 0);
    return PerfEvents.attach(program, request, cpu, action);
  }
}

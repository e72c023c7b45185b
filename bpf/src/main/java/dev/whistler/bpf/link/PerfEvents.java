package dev.whistler.bpf.link;

import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.Fd;
import dev.whistler.bpf.sys.LinkCalls;
import dev.whistler.bpf.sys.PerfEvent;

/** Links on perf events, since Linux 5.15. */
final class PerfEvents {
  private static final int ALL_PROCESSES = -1;

  private PerfEvents() {}

  /**
   * Opens an event and attaches a program to it; the link keeps the event.
   *
   * @param cpu for tracepoints and probes without meaning: they run on all CPUs
   */
  static BpfLink attach(BpfProgram program, PerfEvent.Request request, int cpu, String action) {
    try (Fd event = PerfEvent.open(request, ALL_PROCESSES, cpu, action)) {
      Fd link = LinkCalls.perfEvent(program.fd(), event, AttachType.PERF_EVENT.number(), 0, action);
      try {
        PerfEvent.enable(event);
      } catch (RuntimeException e) {
        link.close();
        throw e;
      }
      return BpfLink.of(link);
    }
  }
}

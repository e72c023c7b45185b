package dev.whistler.bpf.link;

import dev.whistler.bpf.sys.Fd;
import dev.whistler.bpf.sys.PerfEvent;

/** What links on perf events have in common. */
final class PerfEvents {
  private PerfEvents() {}

  /** Enables the event of a new link; the link is closed if that fails. */
  static void enable(Fd event, Fd link) {
    try {
      PerfEvent.enable(event);
    } catch (RuntimeException e) {
      link.close();
      throw e;
    }
  }
}

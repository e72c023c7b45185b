package dev.whistler.bpf.link;

import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.sys.LinkCalls;
import dev.whistler.bpf.sys.PerfEvent;
import dev.whistler.bpf.sys.SystemCallException;
import dev.whistler.bpf.sys.UnsupportedException;
import dev.whistler.bpf.tracefs.Tracefs;

/** Tracepoints: by their number in tracefs, raw by name, or by the program's BTF target. */
public final class Tracepoint {
  /** Programs that one tracepoint can run (BPF_TRACE_MAX_PROGS). */
  public static final int MAXIMUM_PROGRAMS = 64;

  /** The group of events that ftrace writes itself. */
  private static final String FTRACE = "ftrace";

  private Tracepoint() {}

  /** A tracepoint already runs as many programs as the kernel allows. */
  public static final class TooManyProgramsException extends BpfException {
    TooManyProgramsException(String event, SystemCallException cause) {
      super(
          "tracepoint "
              + event
              + " already runs "
              + MAXIMUM_PROGRAMS
              + " programs, the kernel's limit; detach one of them",
          cause);
    }
  }

  /**
   * Attaches a program of type TRACEPOINT.
   *
   * @throws UnsupportedException if this kernel has no such tracepoint
   * @throws TooManyProgramsException if the tracepoint runs 64 programs already
   */
  public static BpfLink attach(BpfProgram program, Tracefs tracefs, String category, String event) {
    String name = category + "/" + event;
    int id = tracefs.id(category, event);
    PerfEvent.Request request = new PerfEvent.Request(PerfEvent.TRACEPOINT, id, 0, false, null, 0);
    try {
      return PerfEvents.attach(program, request, 0, "attach " + program + " to tracepoint " + name);
    } catch (SystemCallException e) {
      throw switch (e.errno()) {
        case E2BIG -> new TooManyProgramsException(name, e);
        // Every other refusal of a program that was loaded is one of the event.
        case EINVAL -> takesNone(name, e);
        case EPERM, EACCES -> category.equals(FTRACE) ? takesNone(name, e) : e;
        default -> e;
      };
    }
  }

  private static UnsupportedException takesNone(String name, SystemCallException cause) {
    return new UnsupportedException(
        "the event "
            + name
            + " takes no programs of tracepoints: it is one of ftrace's own, or one that a tool"
            + " defined, as a probe; attach to a tracepoint, or to the function by kprobe or"
            + " uprobe",
        cause);
  }

  /**
   * Attaches a program of type RAW_TRACEPOINT.
   *
   * @param event name without category
   * @throws UnsupportedException if this kernel has no such tracepoint
   */
  public static BpfLink attachRaw(BpfProgram program, String event) {
    try {
      return BpfLink.of(
          LinkCalls.rawTracepoint(
              program.fd(), event, "attach " + program + " to raw tracepoint " + event));
    } catch (SystemCallException e) {
      throw switch (e.errno()) {
        case ENOENT -> new UnsupportedException("this kernel has no tracepoint " + event, e);
        case E2BIG -> new TooManyProgramsException(event, e);
        default -> e;
      };
    }
  }
}

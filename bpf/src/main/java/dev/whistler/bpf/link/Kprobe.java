package dev.whistler.bpf.link;

import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.LinkCalls;
import dev.whistler.bpf.sys.PerfEvent;
import dev.whistler.bpf.sys.SystemCallException;
import dev.whistler.bpf.sys.UnsupportedException;
import java.util.List;

/** Kernel functions, at entry, at an instruction or at return. */
public final class Kprobe {
  private static final int MULTI_RETURN = 1;

  private Kprobe() {}

  /**
   * Attaches a program of type KPROBE to one function.
   *
   * @param offset bytes from the function's beginning; 0 for returns
   * @param atReturn when the function returns
   * @throws UnsupportedException if the kernel has no kprobes, or no such function
   */
  public static BpfLink attach(BpfProgram program, String function, long offset, boolean atReturn) {
    String action = "attach " + program + " to kernel function " + function;
    PerfEvent.Request request =
        new PerfEvent.Request(
            EventSource.type("kprobe"),
            atReturn ? EventSource.returnBit("kprobe") : 0,
            0,
            false,
            function,
            offset);
    try {
      return PerfEvents.attach(program, request, 0, action);
    } catch (SystemCallException e) {
      throw e.errno() == Errno.ENOENT || e.errno() == Errno.EADDRNOTAVAIL
          ? new UnsupportedException(
              "this kernel has no function " + function + " that can be probed", e)
          : e;
    }
  }

  /**
   * Attaches a program of type KPROBE to the entry or return of a system call.
   *
   * @param name as {@code openat}
   */
  public static BpfLink attachSystemCall(BpfProgram program, String name, boolean atReturn) {
    String prefix =
        System.getProperty("os.arch", "").equals("aarch64") ? "__arm64_sys_" : "__x64_sys_";
    return attach(program, prefix + name, 0, atReturn);
  }

  /**
   * Attaches a program loaded with attach type TRACE_KPROBE_MULTI to many functions at once.
   *
   * @throws UnsupportedException if the kernel is built without fprobes
   */
  public static BpfLink attachAll(BpfProgram program, List<String> functions, boolean atReturn) {
    int flags = atReturn ? MULTI_RETURN : 0;
    return attach(program, AttachType.TRACE_KPROBE_MULTI, functions, flags);
  }

  /**
   * Attaches a program loaded with attach type TRACE_KPROBE_SESSION to entry and return of many
   * functions at once: what it returns at the entry says whether it runs at the return (Linux
   * 6.10).
   *
   * @throws UnsupportedException if the kernel is built without fprobes
   */
  public static BpfLink attachSession(BpfProgram program, List<String> functions) {
    return attach(program, AttachType.TRACE_KPROBE_SESSION, functions, 0);
  }

  private static BpfLink attach(
      BpfProgram program, AttachType type, List<String> functions, int flags) {
    String action = "attach " + program + " to " + functions.size() + " kernel functions";
    try {
      return BpfLink.of(
          LinkCalls.kprobes(
              program.fd(),
              type.number(),
              functions.toArray(new String[0]),
              new long[0],
              flags,
              action));
    } catch (SystemCallException e) {
      throw switch (e.errno()) {
        case EOPNOTSUPP, ENOTSUPP ->
            new UnsupportedException("this kernel is built without CONFIG_FPROBE", e);
        case ESRCH ->
            new UnsupportedException("this kernel lacks one of the functions " + functions, e);
        default -> e;
      };
    }
  }
}

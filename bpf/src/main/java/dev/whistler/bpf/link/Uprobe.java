package dev.whistler.bpf.link;

import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.LinkCalls;
import dev.whistler.bpf.sys.PerfEvent;
import dev.whistler.bpf.sys.SystemCallException;
import dev.whistler.bpf.sys.UnsupportedException;
import java.nio.file.Path;

/** Functions of executables and shared libraries, for all processes that use the file. */
public final class Uprobe {
  private static final int MULTI_RETURN = 1;

  private Uprobe() {}

  /**
   * Attaches a program loaded with attach type TRACE_UPROBE_MULTI (Linux 6.6).
   *
   * @param offsets bytes from the beginning of the file, see {@link UserSymbol}
   * @param atReturn when the functions return
   * @param pid process, 0 for all
   * @throws UnsupportedException on kernels before 6.6
   */
  public static BpfLink attachAll(
      BpfProgram program, Path file, long[] offsets, boolean atReturn, int pid) {
    int flags = atReturn ? MULTI_RETURN : 0;
    return attach(program, AttachType.TRACE_UPROBE_MULTI, file, offsets, flags, pid);
  }

  /**
   * Attaches a program loaded with attach type TRACE_UPROBE_SESSION to entry and return: what it
   * returns at the entry says whether it runs at the return (Linux 6.13).
   *
   * @param offsets bytes from the beginning of the file, see {@link UserSymbol}
   * @param pid process, 0 for all
   * @throws UnsupportedException on kernels before 6.6
   */
  public static BpfLink attachSession(BpfProgram program, Path file, long[] offsets, int pid) {
    return attach(program, AttachType.TRACE_UPROBE_SESSION, file, offsets, 0, pid);
  }

  private static BpfLink attach(
      BpfProgram program, AttachType type, Path file, long[] offsets, int flags, int pid) {
    String action = "attach " + program + " to " + offsets.length + " places of " + file;
    try {
      return BpfLink.of(
          LinkCalls.uprobes(
              program.fd(),
              type.number(),
              file.toString(),
              offsets,
              new long[0],
              flags,
              pid,
              action));
    } catch (SystemCallException e) {
      // Kernels that do not know the attach type say EINVAL, as they do for damaged parameters.
      throw e.errno() == Errno.EINVAL || e.errno() == Errno.EOPNOTSUPP
          ? new UnsupportedException(
              action + " is not possible: uprobe_multi needs Linux 6.6 or newer", e)
          : e;
    }
  }

  /**
   * Attaches a program of type KPROBE loaded without attach type, through a perf event. Needs
   * CAP_SYS_ADMIN; links of this kind cannot be updated.
   *
   * @throws UnsupportedException if the kernel has no uprobes or the process lacks CAP_SYS_ADMIN
   */
  public static BpfLink attach(BpfProgram program, Path file, long offset, boolean atReturn) {
    String action = "attach " + program + " to byte " + offset + " of " + file;
    PerfEvent.Request request =
        new PerfEvent.Request(
            EventSource.type("uprobe"),
            atReturn ? EventSource.returnBit("uprobe") : 0,
            0,
            false,
            file.toString(),
            offset);
    try {
      return PerfEvents.attach(program, request, 0, action);
    } catch (SystemCallException e) {
      throw e.errno() == Errno.EACCES || e.errno() == Errno.EPERM
          ? new UnsupportedException(action + " needs CAP_SYS_ADMIN on kernels before 6.6", e)
          : e;
    }
  }
}

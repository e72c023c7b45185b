package dev.whistler.bpf.link;

import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.LinkCalls;
import dev.whistler.bpf.sys.SystemCallException;
import dev.whistler.bpf.sys.UnsupportedException;

/**
 * Programs whose target was given when they were loaded: BTF tracepoints, fentry, fexit, fmod_ret
 * and LSM hooks.
 */
public final class Tracing {
  private Tracing() {}

  /**
   * Attaches a program of type TRACING or LSM to its target.
   *
   * @throws UnsupportedException if the kernel is built without what the target needs (fentry,
   *     fexit and LSM need CONFIG_FUNCTION_TRACER with direct calls)
   */
  public static BpfLink attach(BpfProgram program) {
    try {
      return BpfLink.of(
          LinkCalls.rawTracepoint(program.fd(), null, "attach " + program + " to its target"));
    } catch (SystemCallException e) {
      throw switch (e.errno()) {
        case ENOTSUPP, EOPNOTSUPP, ENOSYS ->
            new UnsupportedException(
                "this kernel cannot attach "
                    + program
                    + " to its target: it is built without trampolines for kernel functions"
                    + " (CONFIG_FUNCTION_TRACER); use a tracepoint instead",
                e);
        default -> e;
      };
    }
  }
}

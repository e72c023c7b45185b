package dev.whistler.runtime.load;

import dev.whistler.bpf.link.Tracepoint;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.sys.SystemCallException;
import dev.whistler.bpf.sys.UnsupportedException;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;

/** Says what a failure of the BPF library means for a program. */
public final class Failures {
  private Failures() {}

  /**
   * @param otherwise the reason where the failure does not tell
   * @param what what was being done, as {@code "Program forks cannot be attached"}
   */
  public static StartException of(FailureReason otherwise, String what, BpfException cause) {
    FailureReason reason =
        switch (cause) {
          case UnsupportedException _ -> FailureReason.UNSUPPORTED;
          case Tracepoint.TooManyProgramsException _ -> FailureReason.TOO_MANY_PROGRAMS;
          case SystemCallException call ->
              switch (call.errno()) {
                case EPERM, EACCES -> FailureReason.PERMISSION_DENIED;
                case EOPNOTSUPP, ENOSYS, ENOTSUPP -> FailureReason.UNSUPPORTED;
                default -> otherwise;
              };
          default -> otherwise;
        };
    return new StartException(reason, what + ": " + cause.getMessage() + ".", "", cause);
  }
}

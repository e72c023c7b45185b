package dev.whistler.bpf.link;

import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.LinkCalls;
import dev.whistler.bpf.sys.SystemCallException;
import dev.whistler.bpf.sys.UnsupportedException;

/** tcx, since Linux 6.6: packets entering and leaving an interface. Links can be updated. */
public final class Tcx {
  private Tcx() {}

  /** Which packets. */
  public enum Direction {
    /** Received. */
    INGRESS(AttachType.TCX_INGRESS),
    /** Sent. */
    EGRESS(AttachType.TCX_EGRESS);

    private final AttachType attachType;

    Direction(AttachType attachType) {
      this.attachType = attachType;
    }

    /** The attach type that programs for it are loaded with. */
    public AttachType attachType() {
      return attachType;
    }
  }

  /**
   * Attaches a program of type SCHED_CLS behind those that are there.
   *
   * @param interfaceIndex as {@link dev.whistler.bpf.sys.NetworkDevice#index} gives it
   * @throws UnsupportedException on kernels before 6.6; there {@link Clsact} does it
   */
  public static BpfLink attach(BpfProgram program, int interfaceIndex, Direction direction) {
    try {
      return BpfLink.of(
          LinkCalls.onInterface(
              program.fd(),
              interfaceIndex,
              direction.attachType.number(),
              0,
              "attach " + program + " to interface " + interfaceIndex + " " + direction));
    } catch (SystemCallException e) {
      throw e.errno() == Errno.EINVAL
          ? new UnsupportedException(
              "this kernel has no tcx (it came with 6.6); attach by clsact instead", e)
          : e;
    }
  }

  /**
   * The ids of the programs of an interface, in the order in which they run.
   *
   * @throws SystemCallException EINVAL on kernels before 6.6, ENODEV if there is no such interface
   */
  public static int[] programs(int interfaceIndex, Direction direction) {
    return LinkCalls.queryInterface(
        interfaceIndex,
        direction.attachType.number(),
        "query interface " + interfaceIndex + " " + direction);
  }
}

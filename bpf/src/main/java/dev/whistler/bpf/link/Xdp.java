package dev.whistler.bpf.link;

import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.LinkCalls;
import dev.whistler.bpf.sys.SystemCallException;

/** XDP: packets as a network interface receives them. Links can be updated. */
public final class Xdp {
  private Xdp() {}

  /** Where in the receive path the program runs (XDP_FLAGS_*). */
  public enum Mode {
    /** In the driver where it can, else in the network stack. */
    ANY(0),
    /** In the network stack; works with every interface. */
    GENERIC(1 << 1),
    /** In the driver, or not at all. */
    DRIVER(1 << 2);

    private final int flags;

    Mode(int flags) {
      this.flags = flags;
    }
  }

  /**
   * Attaches a program of type XDP.
   *
   * @param interfaceIndex as {@link dev.whistler.bpf.sys.NetworkDevice#index} gives it
   * @throws SystemCallException EBUSY if the interface runs another XDP program, EOPNOTSUPP if its
   *     driver cannot do the mode, ENODEV or EINVAL if there is no such interface
   */
  public static BpfLink attach(BpfProgram program, int interfaceIndex, Mode mode) {
    return BpfLink.of(
        LinkCalls.onInterface(
            program.fd(),
            interfaceIndex,
            AttachType.XDP.number(),
            mode.flags,
            "attach " + program + " to interface " + interfaceIndex));
  }
}

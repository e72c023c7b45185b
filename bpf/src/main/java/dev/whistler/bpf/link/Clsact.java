package dev.whistler.bpf.link;

import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.Netlink;
import dev.whistler.bpf.sys.Structure;
import dev.whistler.bpf.sys.SystemCallException;

/**
 * Traffic control before tcx (Linux 6.6): a filter on the clsact queueing discipline, made by
 * netlink. It has no link: it stays until it is closed or the interface goes.
 */
public final class Clsact {
  // include/uapi/linux/rtnetlink.h, pkt_sched.h, pkt_cls.h
  private static final int RTM_NEWQDISC = 36;
  private static final int RTM_NEWTFILTER = 44;
  private static final int RTM_DELTFILTER = 45;
  private static final int TCA_KIND = 1;
  private static final int TCA_OPTIONS = 2;
  private static final int TCA_BPF_FD = 6;
  private static final int TCA_BPF_NAME = 7;
  private static final int TCA_BPF_FLAGS = 8;
  private static final int TCA_BPF_FLAG_ACT_DIRECT = 1;
  private static final int TC_H_CLSACT = 0xfffffff1;
  private static final int CLSACT_HANDLE = 0xffff0000;
  private static final int MINOR_INGRESS = 0xfff2;
  private static final int MINOR_EGRESS = 0xfff3;
  private static final int ETH_P_ALL_BIG_ENDIAN = 0x0300;
  private static final int TCMSG_BYTES = 20;

  private Clsact() {}

  /** A filter, whose program can be exchanged. */
  public static final class Filter implements Exchangeable {
    private final byte[] place;
    private BpfProgram program;

    private Filter(byte[] place, BpfProgram program) {
      this.place = place;
      this.program = program;
    }

    /** Exchanges the program; each packet meets one of the two. */
    @Override
    public void update(BpfProgram next) {
      install(next, 0, place, "exchange " + program + " for " + next + " in clsact");
      program = next;
    }

    @Override
    public void close() {
      detach(place, program);
    }
  }

  /**
   * Attaches a program of type SCHED_CLS; its return value decides about the packet.
   *
   * @param interfaceIndex as {@link dev.whistler.bpf.sys.NetworkDevice#index} gives it
   * @param priority 1 to 65535; lower runs earlier. Must be free.
   * @throws SystemCallException EEXIST if the priority is taken, ENODEV if there is no interface
   */
  public static Filter attach(
      BpfProgram program, int interfaceIndex, Tcx.Direction direction, int priority) {
    String action =
        "attach " + program + " to interface " + interfaceIndex + " " + direction + " by clsact";
    addQueueingDiscipline(interfaceIndex, action);
    byte[] place = filter(interfaceIndex, direction, priority);
    install(program, Netlink.EXCLUSIVE, place, action);
    return new Filter(place, program);
  }

  private static void install(BpfProgram program, int flags, byte[] place, String action) {
    Netlink.request(
        RTM_NEWTFILTER,
        Netlink.CREATE | flags,
        place,
        new Netlink.Attributes()
            .add(TCA_KIND, "bpf")
            .add(
                TCA_OPTIONS,
                new Netlink.Attributes()
                    .add(TCA_BPF_FD, program.fd().number())
                    .add(TCA_BPF_NAME, program.name())
                    .add(TCA_BPF_FLAGS, TCA_BPF_FLAG_ACT_DIRECT)),
        action);
  }

  private static void detach(byte[] filter, BpfProgram program) {
    try {
      Netlink.request(
          RTM_DELTFILTER,
          0,
          filter,
          new Netlink.Attributes().add(TCA_KIND, "bpf"),
          "detach " + program + " from clsact");
    } catch (SystemCallException e) {
      // The interface, and the filter with it, may have gone meanwhile.
      if (e.errno() != Errno.ENODEV && e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
  }

  /** Others may use the queueing discipline as well, so it is left in place afterwards. */
  private static void addQueueingDiscipline(int interfaceIndex, String action) {
    byte[] body =
        new Structure(new byte[TCMSG_BYTES])
            .putInt(4, interfaceIndex)
            .putInt(8, CLSACT_HANDLE)
            .putInt(12, TC_H_CLSACT)
            .bytes();
    try {
      Netlink.request(
          RTM_NEWQDISC,
          Netlink.CREATE | Netlink.EXCLUSIVE,
          body,
          new Netlink.Attributes().add(TCA_KIND, "clsact"),
          action);
    } catch (SystemCallException e) {
      if (e.errno() != Errno.EEXIST) {
        throw e;
      }
    }
  }

  private static byte[] filter(int interfaceIndex, Tcx.Direction direction, int priority) {
    int minor = direction == Tcx.Direction.INGRESS ? MINOR_INGRESS : MINOR_EGRESS;
    return new Structure(new byte[TCMSG_BYTES])
        .putInt(4, interfaceIndex)
        .putInt(8, 1)
        .putInt(12, CLSACT_HANDLE | minor)
        .putInt(16, priority << 16 | ETH_P_ALL_BIG_ENDIAN)
        .bytes();
  }
}

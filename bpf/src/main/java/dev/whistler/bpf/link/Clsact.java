package dev.whistler.bpf.link;

import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.Netlink;
import dev.whistler.bpf.sys.Structure;
import dev.whistler.bpf.sys.SystemCallException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Traffic control before tcx (Linux 6.6): a filter on the clsact queueing discipline, made by
 * netlink. It has no link: it stays until it is closed or the interface goes.
 */
public final class Clsact {
  // include/uapi/linux/rtnetlink.h, pkt_sched.h, pkt_cls.h
  private static final int RTM_NEWQDISC = 36;
  private static final int RTM_NEWTFILTER = 44;
  private static final int RTM_DELTFILTER = 45;
  private static final int RTM_GETTFILTER = 46;
  private static final int TCA_KIND = 1;
  private static final int TCA_OPTIONS = 2;
  private static final int TCA_BPF_FD = 6;
  private static final int TCA_BPF_NAME = 7;
  private static final int TCA_BPF_FLAGS = 8;
  private static final int TCA_BPF_ID = 11;
  private static final int TCA_BPF_FLAG_ACT_DIRECT = 1;
  private static final int MAX_NAME_BYTES = 255; // CLS_BPF_NAME_LEN in net/sched/cls_bpf.c
  private static final int ATTEMPTS = 16;
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
    private final String name;
    private BpfProgram program;

    private Filter(byte[] place, String name, BpfProgram program) {
      this.place = place;
      this.name = name;
      this.program = program;
    }

    /** Exchanges the program; each packet meets one of the two. */
    @Override
    public void update(BpfProgram next) {
      install(next, name, 0, place, "exchange " + program + " for " + next + " in clsact");
      program = next;
    }

    @Override
    public void close() {
      detach(place, program.toString());
    }
  }

  /**
   * A filter that somebody attached.
   *
   * @param place where, for {@link #replace} and {@link #remove}
   * @param handle its number among those of the same priority
   * @param name as given when it was attached
   * @param programId of the program that it runs
   */
  @SuppressWarnings("ArrayRecordComponent") // handed back and never compared
  public record Found(byte[] place, int priority, int handle, String name, int programId) {}

  /**
   * Attaches a program under its own name, as {@link #attach(BpfProgram, int, Tcx.Direction, int,
   * String)}.
   */
  public static Filter attach(
      BpfProgram program, int interfaceIndex, Tcx.Direction direction, int priority) {
    return attach(program, interfaceIndex, direction, priority, program.name());
  }

  /**
   * Attaches a program of type SCHED_CLS before those of the same priority; its return value
   * decides about the packet, and TC_ACT_UNSPEC leaves that to the next one.
   *
   * @param interfaceIndex as {@link dev.whistler.bpf.sys.NetworkDevice#index} gives it
   * @param priority 1 to 65535; lower runs earlier
   * @param name at most 255 bytes, by which the filter is known in {@link #filters}
   * @throws SystemCallException ENODEV if there is no interface
   */
  public static Filter attach(
      BpfProgram program, int interfaceIndex, Tcx.Direction direction, int priority, String name) {
    String action =
        "attach " + program + " to interface " + interfaceIndex + " " + direction + " by clsact";
    addQueueingDiscipline(interfaceIndex, action);
    for (int attempt = 1; ; attempt++) {
      int handle = freeHandle(filters(interfaceIndex, direction), priority);
      byte[] place = filter(interfaceIndex, direction, priority, handle);
      try {
        install(program, name, Netlink.EXCLUSIVE, place, action);
        return new Filter(place, name, program);
      } catch (SystemCallException e) {
        // Somebody else was quicker with the same number.
        if (e.errno() != Errno.EEXIST || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static int freeHandle(List<Found> filters, int priority) {
    return 1
        + filters.stream()
            .filter(found -> found.priority() == priority)
            .mapToInt(Found::handle)
            .max()
            .orElse(0);
  }

  /**
   * The filters of type bpf of an interface; none if it has no clsact.
   *
   * @throws SystemCallException ENODEV if there is no interface
   */
  public static List<Found> filters(int interfaceIndex, Tcx.Direction direction) {
    List<Found> found = new ArrayList<>();
    byte[] query = filter(interfaceIndex, direction, 0, 0);
    List<Netlink.Message> messages;
    try {
      messages =
          Netlink.dump(RTM_GETTFILTER, query, "list the filters of interface " + interfaceIndex);
    } catch (SystemCallException e) {
      // What the kernel says of an interface without this queueing discipline.
      if (e.errno() == Errno.EINVAL || e.errno() == Errno.ENOENT) {
        return List.of();
      }
      throw e;
    }
    for (Netlink.Message message : messages) {
      Map<Integer, byte[]> attributes = message.attributes(TCMSG_BYTES);
      byte[] options = attributes.get(TCA_OPTIONS);
      if (message.type() != RTM_NEWTFILTER
          || options == null
          || !Netlink.text(attributes.get(TCA_KIND)).equals("bpf")) {
        continue;
      }
      byte[] place = message.body(TCMSG_BYTES);
      Structure head = new Structure(place);
      Map<Integer, byte[]> inner = Netlink.attributes(options);
      byte[] id = inner.get(TCA_BPF_ID);
      found.add(
          new Found(
              place,
              head.getInt(16) >>> 16,
              head.getInt(8),
              Netlink.text(inner.get(TCA_BPF_NAME)),
              id == null ? 0 : new Structure(id).getInt(0)));
    }
    return found;
  }

  /** Takes over a filter of somebody who is gone: it runs this program from now on. */
  public static Filter replace(Found filter, BpfProgram program, String name) {
    install(program, name, 0, filter.place(), "exchange " + filter.name() + " for " + program);
    return new Filter(filter.place(), name, program);
  }

  /** Removes a filter of somebody who is gone. */
  public static void remove(Found filter) {
    detach(filter.place(), "program " + filter.programId());
  }

  private static void install(
      BpfProgram program, String name, int flags, byte[] place, String action) {
    if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
      throw new IllegalArgumentException("the name of a filter is too long: " + name);
    }
    Netlink.request(
        RTM_NEWTFILTER,
        Netlink.CREATE | flags,
        place,
        new Netlink.Attributes()
            .add(TCA_KIND, "bpf")
            .add(
                TCA_OPTIONS,
                new Netlink.Attributes()
                    .add(TCA_BPF_FD, program.fd())
                    .add(TCA_BPF_NAME, name)
                    .add(TCA_BPF_FLAGS, TCA_BPF_FLAG_ACT_DIRECT)),
        action);
  }

  private static void detach(byte[] filter, String program) {
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

  private static byte[] filter(
      int interfaceIndex, Tcx.Direction direction, int priority, int handle) {
    int minor = direction == Tcx.Direction.INGRESS ? MINOR_INGRESS : MINOR_EGRESS;
    return new Structure(new byte[TCMSG_BYTES])
        .putInt(4, interfaceIndex)
        .putInt(8, handle)
        .putInt(12, CLSACT_HANDLE | minor)
        .putInt(16, priority << 16 | ETH_P_ALL_BIG_ENDIAN)
        .bytes();
  }
}

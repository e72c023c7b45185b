package dev.whistler.bpf.link;

import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.LinkCalls;
import dev.whistler.bpf.sys.SystemCallException;

/** Programs that run for the sockets of a sockmap or sockhash. */
public final class SocketMap {
  private SocketMap() {}

  /**
   * Attaches a program of type SK_SKB or SK_MSG: by a link, or before Linux 6.10 without one. Then,
   * if it is not closed, the program stays as long as the map.
   *
   * @param attachType SK_SKB_STREAM_PARSER, SK_SKB_STREAM_VERDICT, SK_SKB_VERDICT, SK_MSG_VERDICT
   */
  public static Exchangeable attach(BpfProgram program, BpfMap map, AttachType attachType) {
    try {
      return BpfLink.of(
          LinkCalls.create(
              program.fd(), map.fd(), attachType.number(), 0, "link " + program + " to " + map));
    } catch (SystemCallException e) {
      // What kernels say that have no links of this type, and all of them of a wrong program.
      if (e.errno() != Errno.EINVAL) {
        throw e;
      }
      return new Unlinked(program, map, attachType);
    }
  }

  /** A program that a map holds without a link. */
  private static final class Unlinked implements Exchangeable {
    private final BpfMap map;
    private final AttachType attachType;
    private BpfProgram program;

    Unlinked(BpfProgram program, BpfMap map, AttachType attachType) {
      this.map = map;
      this.attachType = attachType;
      this.program = program;
      put(program);
    }

    private void put(BpfProgram next) {
      LinkCalls.attach(
          next.fd(), map.fd(), attachType.number(), 0, "attach " + next + " to " + map);
    }

    @Override
    public void update(BpfProgram next) {
      put(next);
      program = next;
    }

    @Override
    public void close() {
      LinkCalls.detach(
          program.fd(), map.fd(), attachType.number(), "detach " + program + " from " + map);
    }
  }

  /** The id of the program that a map's sockets run; empty without one. */
  public static int[] programs(BpfMap map, AttachType attachType) {
    return LinkCalls.query(map.fd(), attachType.number(), "query " + map);
  }
}

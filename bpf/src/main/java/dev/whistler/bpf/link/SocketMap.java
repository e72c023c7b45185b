package dev.whistler.bpf.link;

import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.LinkCalls;

/** Programs that run for the sockets of a sockmap or sockhash. */
public final class SocketMap {
  private SocketMap() {}

  /**
   * Attaches a program of type SK_SKB or SK_MSG. Closing detaches it; if it is not closed, the
   * program stays as long as the map.
   *
   * @param attachType SK_SKB_STREAM_PARSER, SK_SKB_STREAM_VERDICT, SK_SKB_VERDICT, SK_MSG_VERDICT
   */
  public static Attachment attach(BpfProgram program, BpfMap map, AttachType attachType) {
    LinkCalls.attach(
        program.fd().number(),
        map.fd().number(),
        attachType.number(),
        0,
        "attach " + program + " to " + map);
    return () ->
        LinkCalls.detach(
            program.fd().number(),
            map.fd().number(),
            attachType.number(),
            "detach " + program + " from " + map);
  }

  /** The id of the program that a map's sockets run; empty without one. */
  public static int[] programs(BpfMap map, AttachType attachType) {
    return LinkCalls.query(map.fd().number(), attachType.number(), "query " + map);
  }
}

package dev.whistler.bpf.link;

import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.Fd;
import dev.whistler.bpf.sys.LinkCalls;
import dev.whistler.bpf.sys.OpenFile;
import dev.whistler.bpf.sys.SystemCallException;
import java.nio.file.Path;

/** Programs of a network namespace: socket lookup and flow dissection. Links can be updated. */
public final class NetworkNamespace {
  /** The namespace of the calling thread. */
  public static final Path CURRENT = Path.of("/proc/thread-self/ns/net");

  private NetworkNamespace() {}

  /**
   * Attaches a program.
   *
   * @param namespace a file as {@code /proc/PID/ns/net}
   * @param attachType SK_LOOKUP or FLOW_DISSECTOR
   * @throws SystemCallException EEXIST or E2BIG if the namespace has such programs already
   */
  public static BpfLink attach(BpfProgram program, Path namespace, AttachType attachType) {
    String action = "attach " + program + " to network namespace " + namespace;
    try (Fd fd = OpenFile.readable(namespace)) {
      return BpfLink.of(LinkCalls.create(program.fd(), fd, attachType.number(), 0, action));
    }
  }

  /** The ids of the programs of a namespace, in the order in which they run. */
  public static int[] programs(Path namespace, AttachType attachType) {
    try (Fd fd = OpenFile.readable(namespace)) {
      return LinkCalls.query(fd, attachType.number(), "query network namespace " + namespace);
    }
  }
}

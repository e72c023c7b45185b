package dev.whistler.bpf.link;

import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.LinkCalls;

/** Netfilter hooks, since Linux 6.4, of the calling thread's network namespace. */
public final class Netfilter {
  private Netfilter() {}

  /** Protocol family (NFPROTO_*). */
  public enum Family {
    IPV4(2),
    IPV6(10);

    private final int number;

    Family(int number) {
      this.number = number;
    }
  }

  /** Hooks in the order of {@code enum nf_inet_hooks}. */
  public enum Hook {
    PRE_ROUTING,
    LOCAL_IN,
    FORWARD,
    LOCAL_OUT,
    POST_ROUTING
  }

  /**
   * Attaches a program of type NETFILTER.
   *
   * @param priority lower runs earlier; the kernel reserves its least and greatest value
   */
  public static BpfLink attach(BpfProgram program, Family family, Hook hook, int priority) {
    return BpfLink.of(
        LinkCalls.netfilter(
            program.fd(),
            AttachType.NETFILTER.number(),
            family.number,
            hook.ordinal(),
            priority,
            0,
            "attach " + program + " to netfilter hook " + hook));
  }
}

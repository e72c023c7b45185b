package dev.whistler.bpf.object;

import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.ProgramFlags;
import dev.whistler.bpf.prog.ProgramType;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an ELF section's name says about the programs in it, by libbpf's conventions
 * (Documentation/bpf/libbpf/program_types.rst).
 *
 * @param type program type
 * @param attachType expected attach type, or null if the type has none
 * @param flags {@link ProgramFlags}
 * @param hook how to find the kernel's BTF id that the program is verified against
 * @param target what follows the first slash, or empty
 */
public record SectionKind(
    ProgramType type, @Nullable AttachType attachType, int flags, Hook hook, String target) {

  /** Where the kernel's type information names what a program attaches to. */
  public enum Hook {
    /** Not verified against a kernel type. */
    NONE(""),
    /** {@code typedef btf_trace_NAME}. */
    TRACEPOINT("btf_trace_"),
    /** Function {@code NAME}. */
    FUNCTION(""),
    /** Function {@code bpf_lsm_NAME}. */
    LSM("bpf_lsm_"),
    /** Function {@code bpf_iter_NAME}. */
    ITERATOR("bpf_iter_");

    private final String prefix;

    Hook(String prefix) {
      this.prefix = prefix;
    }

    /** What stands before the target's name in the kernel's type information. */
    public String prefix() {
      return prefix;
    }
  }

  private static final Map<String, SectionKind> TABLE = new HashMap<>();

  static {
    plain(ProgramType.SOCKET_FILTER, null, "socket");
    plain(ProgramType.KPROBE, null, "kprobe", "kretprobe", "ksyscall", "kretsyscall", "usdt");
    plain(ProgramType.KPROBE, null, "uprobe", "uretprobe");
    sleepable(ProgramType.KPROBE, null, Hook.NONE, "uprobe.s", "uretprobe.s");
    plain(ProgramType.KPROBE, AttachType.TRACE_KPROBE_MULTI, "kprobe.multi", "kretprobe.multi");
    plain(ProgramType.KPROBE, AttachType.TRACE_KPROBE_SESSION, "kprobe.session");
    plain(ProgramType.KPROBE, AttachType.TRACE_UPROBE_MULTI, "uprobe.multi", "uretprobe.multi");
    sleepable(
        ProgramType.KPROBE,
        AttachType.TRACE_UPROBE_MULTI,
        Hook.NONE,
        "uprobe.multi.s",
        "uretprobe.multi.s");
    plain(ProgramType.KPROBE, AttachType.TRACE_UPROBE_SESSION, "uprobe.session");
    sleepable(ProgramType.KPROBE, AttachType.TRACE_UPROBE_SESSION, Hook.NONE, "uprobe.session.s");
    sleepable(ProgramType.KPROBE, null, Hook.NONE, "usdt.s");
    plain(ProgramType.SCHED_CLS, null, "tc", "classifier");
    plain(ProgramType.SCHED_CLS, AttachType.TCX_INGRESS, "tc/ingress", "tcx/ingress");
    plain(ProgramType.SCHED_CLS, AttachType.TCX_EGRESS, "tc/egress", "tcx/egress");
    plain(ProgramType.SCHED_CLS, AttachType.NETKIT_PRIMARY, "netkit/primary");
    plain(ProgramType.SCHED_CLS, AttachType.NETKIT_PEER, "netkit/peer");
    plain(ProgramType.SCHED_ACT, null, "action");
    plain(ProgramType.TRACEPOINT, null, "tracepoint", "tp");
    plain(ProgramType.RAW_TRACEPOINT, null, "raw_tracepoint", "raw_tp");
    plain(ProgramType.RAW_TRACEPOINT_WRITABLE, null, "raw_tracepoint.w", "raw_tp.w");
    hook(ProgramType.TRACING, AttachType.TRACE_RAW_TP, Hook.TRACEPOINT, "tp_btf");
    hook(ProgramType.TRACING, AttachType.TRACE_FENTRY, Hook.FUNCTION, "fentry");
    hook(ProgramType.TRACING, AttachType.TRACE_FEXIT, Hook.FUNCTION, "fexit");
    hook(ProgramType.TRACING, AttachType.MODIFY_RETURN, Hook.FUNCTION, "fmod_ret");
    hook(ProgramType.TRACING, AttachType.TRACE_ITER, Hook.ITERATOR, "iter");
    sleepable(ProgramType.TRACING, AttachType.TRACE_FENTRY, Hook.FUNCTION, "fentry.s");
    sleepable(ProgramType.TRACING, AttachType.TRACE_FEXIT, Hook.FUNCTION, "fexit.s");
    sleepable(ProgramType.TRACING, AttachType.MODIFY_RETURN, Hook.FUNCTION, "fmod_ret.s");
    sleepable(ProgramType.TRACING, AttachType.TRACE_ITER, Hook.ITERATOR, "iter.s");
    hook(ProgramType.LSM, AttachType.LSM_MAC, Hook.LSM, "lsm");
    hook(ProgramType.LSM, AttachType.LSM_CGROUP, Hook.LSM, "lsm_cgroup");
    sleepable(ProgramType.LSM, AttachType.LSM_MAC, Hook.LSM, "lsm.s");
    sleepable(ProgramType.SYSCALL, null, Hook.NONE, "syscall");
    plain(ProgramType.XDP, AttachType.XDP, "xdp");
    plain(ProgramType.XDP, AttachType.XDP_DEVMAP, "xdp/devmap");
    plain(ProgramType.XDP, AttachType.XDP_CPUMAP, "xdp/cpumap");
    frags(AttachType.XDP, "xdp.frags");
    frags(AttachType.XDP_DEVMAP, "xdp.frags/devmap");
    frags(AttachType.XDP_CPUMAP, "xdp.frags/cpumap");
    plain(ProgramType.PERF_EVENT, null, "perf_event");
    plain(ProgramType.LWT_IN, null, "lwt_in");
    plain(ProgramType.LWT_OUT, null, "lwt_out");
    plain(ProgramType.LWT_XMIT, null, "lwt_xmit");
    plain(ProgramType.LWT_SEG6LOCAL, null, "lwt_seg6local");
    plain(ProgramType.SOCK_OPS, AttachType.CGROUP_SOCK_OPS, "sockops");
    plain(ProgramType.SK_SKB, null, "sk_skb");
    plain(ProgramType.SK_SKB, AttachType.SK_SKB_STREAM_PARSER, "sk_skb/stream_parser");
    plain(ProgramType.SK_SKB, AttachType.SK_SKB_STREAM_VERDICT, "sk_skb/stream_verdict");
    plain(ProgramType.SK_SKB, AttachType.SK_SKB_VERDICT, "sk_skb/verdict");
    plain(ProgramType.SK_MSG, AttachType.SK_MSG_VERDICT, "sk_msg");
    plain(ProgramType.LIRC_MODE2, AttachType.LIRC_MODE2, "lirc_mode2");
    plain(ProgramType.FLOW_DISSECTOR, AttachType.FLOW_DISSECTOR, "flow_dissector");
    plain(ProgramType.SK_REUSEPORT, AttachType.SK_REUSEPORT_SELECT, "sk_reuseport");
    plain(
        ProgramType.SK_REUSEPORT,
        AttachType.SK_REUSEPORT_SELECT_OR_MIGRATE,
        "sk_reuseport/migrate");
    plain(ProgramType.SK_LOOKUP, AttachType.SK_LOOKUP, "sk_lookup");
    plain(ProgramType.NETFILTER, AttachType.NETFILTER, "netfilter");
    plain(ProgramType.STRUCT_OPS, null, "struct_ops");
    sleepable(ProgramType.STRUCT_OPS, null, Hook.NONE, "struct_ops.s");
    plain(ProgramType.EXT, null, "freplace");
    plain(ProgramType.CGROUP_SKB, AttachType.CGROUP_INET_INGRESS, "cgroup_skb/ingress");
    plain(ProgramType.CGROUP_SKB, AttachType.CGROUP_INET_EGRESS, "cgroup_skb/egress");
    plain(ProgramType.CGROUP_SKB, null, "cgroup/skb");
    plain(
        ProgramType.CGROUP_SOCK,
        AttachType.CGROUP_INET_SOCK_CREATE,
        "cgroup/sock_create",
        "cgroup/sock");
    plain(ProgramType.CGROUP_SOCK, AttachType.CGROUP_INET_SOCK_RELEASE, "cgroup/sock_release");
    plain(ProgramType.CGROUP_SOCK, AttachType.CGROUP_INET4_POST_BIND, "cgroup/post_bind4");
    plain(ProgramType.CGROUP_SOCK, AttachType.CGROUP_INET6_POST_BIND, "cgroup/post_bind6");
    address(AttachType.CGROUP_INET4_BIND, "bind4");
    address(AttachType.CGROUP_INET6_BIND, "bind6");
    address(AttachType.CGROUP_INET4_CONNECT, "connect4");
    address(AttachType.CGROUP_INET6_CONNECT, "connect6");
    address(AttachType.CGROUP_UNIX_CONNECT, "connect_unix");
    address(AttachType.CGROUP_UDP4_SENDMSG, "sendmsg4");
    address(AttachType.CGROUP_UDP6_SENDMSG, "sendmsg6");
    address(AttachType.CGROUP_UNIX_SENDMSG, "sendmsg_unix");
    address(AttachType.CGROUP_UDP4_RECVMSG, "recvmsg4");
    address(AttachType.CGROUP_UDP6_RECVMSG, "recvmsg6");
    address(AttachType.CGROUP_UNIX_RECVMSG, "recvmsg_unix");
    address(AttachType.CGROUP_INET4_GETPEERNAME, "getpeername4");
    address(AttachType.CGROUP_INET6_GETPEERNAME, "getpeername6");
    address(AttachType.CGROUP_UNIX_GETPEERNAME, "getpeername_unix");
    address(AttachType.CGROUP_INET4_GETSOCKNAME, "getsockname4");
    address(AttachType.CGROUP_INET6_GETSOCKNAME, "getsockname6");
    address(AttachType.CGROUP_UNIX_GETSOCKNAME, "getsockname_unix");
    plain(ProgramType.CGROUP_SYSCTL, AttachType.CGROUP_SYSCTL, "cgroup/sysctl");
    plain(ProgramType.CGROUP_SOCKOPT, AttachType.CGROUP_GETSOCKOPT, "cgroup/getsockopt");
    plain(ProgramType.CGROUP_SOCKOPT, AttachType.CGROUP_SETSOCKOPT, "cgroup/setsockopt");
    plain(ProgramType.CGROUP_DEVICE, AttachType.CGROUP_DEVICE, "cgroup/dev");
  }

  /**
   * The kind of a section: the longest entry of the table that is the name, or the name up to a
   * slash. A question mark before it, which asks not to load its programs by default, is ignored.
   *
   * @return empty if no convention covers the name
   */
  public static Optional<SectionKind> of(String name) {
    String section = name.indexOf(ObjectImage.ON_REQUEST) == 0 ? name.substring(1) : name;
    int end = section.length();
    while (end > 0) {
      SectionKind kind = TABLE.get(section.substring(0, end));
      if (kind != null) {
        String target = end < section.length() ? section.substring(end + 1) : "";
        return Optional.of(
            new SectionKind(kind.type, kind.attachType, kind.flags, kind.hook, target));
      }
      end = section.lastIndexOf('/', end - 1);
    }
    return Optional.empty();
  }

  private static void plain(ProgramType type, @Nullable AttachType attachType, String... names) {
    add(type, attachType, 0, Hook.NONE, names);
  }

  private static void address(AttachType attachType, String name) {
    add(ProgramType.CGROUP_SOCK_ADDR, attachType, 0, Hook.NONE, "cgroup/" + name);
  }

  private static void frags(AttachType attachType, String name) {
    add(ProgramType.XDP, attachType, ProgramFlags.XDP_HAS_FRAGS, Hook.NONE, name);
  }

  private static void hook(ProgramType type, AttachType attachType, Hook hook, String name) {
    add(type, attachType, 0, hook, name);
  }

  private static void sleepable(
      ProgramType type, @Nullable AttachType attachType, Hook hook, String... names) {
    add(type, attachType, ProgramFlags.SLEEPABLE, hook, names);
  }

  private static void add(
      ProgramType type, @Nullable AttachType attachType, int flags, Hook hook, String... names) {
    for (String name : names) {
      TABLE.put(name, new SectionKind(type, attachType, flags, hook, ""));
    }
  }
}

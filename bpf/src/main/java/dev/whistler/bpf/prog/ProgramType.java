package dev.whistler.bpf.prog;

/**
 * Program types in the order of {@code enum bpf_prog_type} (include/uapi/linux/bpf.h of Linux
 * 6.18): the ordinal is the kernel's number, with the kernel's names.
 */
public enum ProgramType {
  UNSPEC,
  SOCKET_FILTER,
  KPROBE,
  SCHED_CLS,
  SCHED_ACT,
  TRACEPOINT,
  XDP,
  PERF_EVENT,
  CGROUP_SKB,
  CGROUP_SOCK,
  LWT_IN,
  LWT_OUT,
  LWT_XMIT,
  SOCK_OPS,
  SK_SKB,
  CGROUP_DEVICE,
  SK_MSG,
  RAW_TRACEPOINT,
  CGROUP_SOCK_ADDR,
  LWT_SEG6LOCAL,
  LIRC_MODE2,
  SK_REUSEPORT,
  FLOW_DISSECTOR,
  CGROUP_SYSCTL,
  RAW_TRACEPOINT_WRITABLE,
  CGROUP_SOCKOPT,
  TRACING,
  STRUCT_OPS,
  EXT,
  LSM,
  SK_LOOKUP,
  SYSCALL,
  NETFILTER;

  private static final ProgramType[] VALUES = values();

  /** The kernel's number. */
  public int number() {
    return ordinal();
  }

  /**
   * The program type of a kernel number.
   *
   * @throws IllegalArgumentException if this library does not know it
   */
  public static ProgramType of(int number) {
    if (number < 0 || number >= VALUES.length) {
      throw new IllegalArgumentException("unknown program type " + number);
    }
    return VALUES[number];
  }
}

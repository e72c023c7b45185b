package dev.whistler.bpf.link;

/**
 * Link types in the order of {@code enum bpf_link_type} (include/uapi/linux/bpf.h of Linux 6.18):
 * the ordinal is the kernel's number, with the kernel's names. Links that a newer kernel knows are
 * {@link #UNSPEC}.
 */
public enum LinkType {
  UNSPEC,
  RAW_TRACEPOINT,
  TRACING,
  CGROUP,
  ITER,
  NETNS,
  XDP,
  PERF_EVENT,
  KPROBE_MULTI,
  STRUCT_OPS,
  NETFILTER,
  TCX,
  UPROBE_MULTI,
  NETKIT,
  SOCKMAP;

  private static final LinkType[] VALUES = values();

  /** The type of a kernel number. */
  public static LinkType of(int number) {
    return number >= 0 && number < VALUES.length ? VALUES[number] : UNSPEC;
  }
}

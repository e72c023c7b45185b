package dev.whistler.bpf.feature;

/**
 * Kinds of places to which programs attach. What every kernel since 5.15 has with BPF is not
 * listed.
 */
public enum LinkFeature {
  /** Many user-space functions in one link, since 6.6. */
  UPROBE_MULTI,
  /** Many kernel functions in one link, since 5.18; needs CONFIG_FPROBE. */
  KPROBE_MULTI,
  /** Single kernel functions; needs CONFIG_KPROBES. */
  KPROBE,
  /** Single user-space functions by perf event; needs CONFIG_UPROBES. */
  UPROBE,
  /** Packets of an interface, since 6.6. */
  TCX,
  /** Netkit devices, since 6.7; needs CONFIG_NETKIT. */
  NETKIT,
  /** Netfilter hooks, since 6.4; needs CONFIG_NETFILTER_BPF_LINK. */
  NETFILTER,
  /** Events of the kernel by name, with fields; needs CONFIG_EVENT_TRACING. */
  TRACEPOINT,
  /** Events of the kernel by name, with the arguments of the place. */
  RAW_TRACEPOINT,
  /** The same with types; needs CONFIG_DEBUG_INFO_BTF. */
  BTF_TRACEPOINT,
  /** Beginnings of kernel functions, with types; needs trampolines. */
  FENTRY,
  /** Ends of kernel functions, with types and result; needs trampolines. */
  FEXIT,
  /** Results of kernel functions that allow it; needs trampolines and error injection. */
  FMOD_RET,
  /** Security decisions; needs CONFIG_BPF_LSM and trampolines. */
  LSM,
  /** Walks over kernel objects; needs CONFIG_DEBUG_INFO_BTF. */
  ITERATOR,
  /** Control groups; needs CONFIG_CGROUP_BPF. */
  CGROUP,
  /** Look-up of sockets and flows in a network namespace; needs CONFIG_NET. */
  NETWORK_NAMESPACE
}

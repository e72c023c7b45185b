package dev.whistler.bpf.feature;

/** Kinds of links that not every kernel has. */
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
  NETFILTER
}

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern int LINUX_KERNEL_VERSION __kconfig;

SEC("xdp") int version(struct xdp_md *ctx) { return LINUX_KERNEL_VERSION > 0; }

char _license[] SEC("license") = "GPL";

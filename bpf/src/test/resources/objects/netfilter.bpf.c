#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

long packets;

SEC("netfilter") int on_packet(void *ctx) { packets++; return 1; }

char _license[] SEC("license") = "GPL";

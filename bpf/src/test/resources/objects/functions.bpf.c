#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

static __attribute__((noinline)) long leaf(long x) { return x + bpf_get_smp_processor_id() * 0; }
static __attribute__((noinline)) long middle(long x) { return leaf(x) + leaf(x + 1); }
__attribute__((noinline)) int top(int x) { return middle(x) + leaf(x); }

SEC("tc") int one(struct __sk_buff *skb) { return top(skb->len); }
SEC("tc") int two(struct __sk_buff *skb) { return top(1) + top(2); }
SEC("xdp") int three(struct xdp_md *ctx) { return middle(5); }

char _license[] SEC("license") = "GPL";

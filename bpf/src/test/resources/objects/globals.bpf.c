#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

const volatile int step = 3;
int total = 40;
long calls;
static volatile int hidden = 2;

static __attribute__((noinline)) int twice(int x)
{
	return x * 2 + hidden;
}

__attribute__((noinline)) int thrice(int x)
{
	return twice(x) + x;
}

SEC("xdp")
int add(struct xdp_md *ctx)
{
	total += step;
	__sync_fetch_and_add(&calls, 1);
	return total;
}

SEC("tc")
int compute(struct __sk_buff *skb)
{
	return thrice(skb->len) + twice(1);
}

char _license[] SEC("license") = "GPL";

#include "packet.h"

MAP(handlers, BPF_MAP_TYPE_PROG_ARRAY, u32, u32, 256);
MAP(unhandled, BPF_MAP_TYPE_PERCPU_ARRAY, u32, u64, 1);

SEC("xdp")
int on_udp(struct xdp_md *ctx)
{
	void *data = DATA(ctx), *end = END(ctx);
	if (data + 42 > end)
		return XDP_PASS;
	struct ipv4 *ip = data + 14;
	if (IS_IPV4(data) && ip->protocol == 17 && HAS_PORTS(ip)) {
		struct udp *udp = data + 14 + IPV4_BYTES(ip);
		if ((void *)(udp + 1) <= end && udp->dst == bpf_htons(53))
			return XDP_DROP;
	}
	return XDP_PASS;
}

SEC("xdp")
int entry(struct xdp_md *ctx)
{
	void *data = DATA(ctx), *end = END(ctx);
	if (data + 34 > end)
		return XDP_PASS;
	if (IS_IPV4(data)) {
		struct ipv4 *ip = data + 14;
		bpf_tail_call(ctx, &handlers, ip->protocol);
		u32 zero = 0;
		ADD(unhandled, &zero, 1);
	}
	return XDP_PASS;
}

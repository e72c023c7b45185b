#include "packet.h"

MAP(blocked, BPF_MAP_TYPE_HASH, u16, u8, 1024);
MAP(drops, BPF_MAP_TYPE_PERCPU_ARRAY, u32, u64, 2);

#define DROP_IF_BLOCKED(dst, which)                                            \
	{                                                                      \
		u16 port = bpf_ntohs(dst);                                     \
		u8 *hit = bpf_map_lookup_elem(&blocked, &port);                \
		if (hit && *hit) {                                             \
			u32 counter = which;                                   \
			ADD(drops, &counter, 1);                               \
			return XDP_DROP;                                       \
		}                                                              \
	}

SEC("xdp")
int port_blocker(struct xdp_md *ctx)
{
	void *data = DATA(ctx), *end = END(ctx);
	if (data + 42 > end)
		return XDP_PASS;
	struct ipv4 *ip = data + 14;
	if (IS_IPV4(data) && ip->protocol == 17 && HAS_PORTS(ip)) {
		struct udp *udp = data + 14 + IPV4_BYTES(ip);
		if ((void *)(udp + 1) > end)
			return XDP_PASS;
		DROP_IF_BLOCKED(udp->dst, 1);
	}
	if (data + 54 > end)
		return XDP_PASS;
	if (IS_IPV4(data) && ip->protocol == 6 && HAS_PORTS(ip)) {
		struct tcp *tcp = data + 14 + IPV4_BYTES(ip);
		if ((void *)(tcp + 1) > end)
			return XDP_PASS;
		DROP_IF_BLOCKED(tcp->dst, 0);
	}
	if (data + 62 > end)
		return XDP_PASS;
	struct ipv6 *ip6 = data + 14;
	if (IS_IPV6(data) && ip6->next == 17)
		DROP_IF_BLOCKED(((struct udp *)(data + 54))->dst, 1);
	if (data + 74 > end)
		return XDP_PASS;
	if (IS_IPV6(data) && ip6->next == 6)
		DROP_IF_BLOCKED(((struct tcp *)(data + 54))->dst, 0);
	return XDP_PASS;
}

#include "packet.h"

MAP(blocked, BPF_MAP_TYPE_HASH, u16, u8, 1024);
MAP(drops, BPF_MAP_TYPE_PERCPU_ARRAY, u32, u64, 2);

SEC("xdp")
int port_blocker(struct xdp_md *ctx)
{
	void *data = DATA(ctx), *end = END(ctx);
	if (data + 42 > end)
		return XDP_PASS;
	struct ipv4 *ip = data + 14;
	if (IS_IPV4(data) && ip->protocol == 17) {
		u16 port = bpf_ntohs(((struct udp *)(data + 34))->dst);
		u8 *hit = bpf_map_lookup_elem(&blocked, &port);
		if (hit && *hit) {
			u32 counter = 1;
			ADD(drops, &counter, 1);
			return XDP_DROP;
		}
	}
	if (data + 54 > end)
		return XDP_PASS;
	if (IS_IPV4(data) && ip->protocol == 6) {
		u16 port = bpf_ntohs(((struct tcp *)(data + 34))->dst);
		u8 *hit = bpf_map_lookup_elem(&blocked, &port);
		if (hit && *hit) {
			u32 counter = 0;
			ADD(drops, &counter, 1);
			return XDP_DROP;
		}
	}
	return XDP_PASS;
}

#include "packet.h"

struct traffic { u64 packets; u64 bytes; };
MAP(by_proto, BPF_MAP_TYPE_PERCPU_ARRAY, u32, struct traffic, 256);

SEC("xdp")
int count_protocols(struct xdp_md *ctx)
{
	void *data = DATA(ctx), *end = END(ctx);
	if (data + 34 > end)
		return XDP_PASS;
	if (!IS_IPV4(data))
		return XDP_PASS;
	struct ipv4 *ip = data + 14;
	u32 proto = ip->protocol;
	struct traffic *tr = bpf_map_lookup_elem(&by_proto, &proto);
	if (tr) {
		tr->packets += 1;
		tr->bytes += end - data;
	}
	return XDP_PASS;
}

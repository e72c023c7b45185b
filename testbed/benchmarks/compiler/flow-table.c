#include "packet.h"
struct flow { u32 src; u32 dst; u16 sport; u16 dport; };
struct usage { u64 packets; u64 bytes; u64 first; u64 last; u8 flags; };
MAP(flows, BPF_MAP_TYPE_LRU_HASH, struct flow, struct usage, 65536);

SEC("xdp")
int flow_table(struct xdp_md *ctx)
{
	void *data = DATA(ctx), *end = END(ctx);
	if (data + 54 > end)
		return XDP_PASS;
	struct ipv4 *ip = data + 14;
	if (!IS_IPV4(data) || ip->protocol != 6 || !HAS_PORTS(ip))
		return XDP_PASS;
	struct tcp *th = data + 14 + IPV4_BYTES(ip);
	if ((void *)(th + 1) > end)
		return XDP_PASS;
	u64 now = bpf_ktime_get_ns();
	struct flow k = { ip->src, ip->dst, bpf_ntohs(th->src), bpf_ntohs(th->dst) };
	struct usage *u = bpf_map_lookup_elem(&flows, &k);
	if (u) {
		u->packets += 1;
		u->bytes += end - data;
		u->last = now;
		u->flags |= th->flags;
	} else {
		struct usage fresh;
		__builtin_memset(&fresh, 0, sizeof(fresh));
		fresh.packets = 1;
		fresh.bytes = end - data;
		fresh.first = now;
		fresh.last = now;
		fresh.flags = th->flags;
		UPDATE(flows, &k, &fresh);
	}
	return XDP_PASS;
}

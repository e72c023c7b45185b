#include "packet.h"
struct bucket { u64 tokens; u64 last; };
MAP(buckets, BPF_MAP_TYPE_LRU_HASH, u32, struct bucket, 65536);

SEC("xdp")
int rate_limit(struct xdp_md *ctx)
{
	void *data = DATA(ctx), *end = END(ctx);
	if (data + 34 > end)
		return XDP_PASS;
	if (!IS_IPV4(data))
		return XDP_PASS;
	struct ipv4 *ip = data + 14;
	u32 src = ip->src;
	u64 now = bpf_ktime_get_ns();
	struct bucket *b = bpf_map_lookup_elem(&buckets, &src);
	if (b) {
		u64 tokens = b->tokens + (now - b->last) * 1000 / 1000000000;
		if (tokens > 100)
			tokens = 100;
		b->last = now;
		if (tokens == 0) {
			b->tokens = 0;
			return XDP_DROP;
		}
		b->tokens = tokens - 1;
	} else {
		struct bucket fresh = { .tokens = 99, .last = now };
		UPDATE(buckets, &src, &fresh);
	}
	return XDP_PASS;
}

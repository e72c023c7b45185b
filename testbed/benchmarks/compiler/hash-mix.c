#include "packet.h"
MAP(spread, BPF_MAP_TYPE_PERCPU_ARRAY, u32, u64, 256);

SEC("xdp")
int hash_mix(struct xdp_md *ctx)
{
	void *data = DATA(ctx), *end = END(ctx);
	if (data + 64 > end)
		return XDP_PASS;
	u64 h = 0x243f6a8885a308d3ull, *words = data;
	for (u32 i = 0; i < 8; i++) {
		u64 x = (h ^ words[i]) * 0x9e3779b97f4a7c15ull;
		h = x ^ (x >> 29);
	}
	u32 key = h & 255;
	ADD(spread, &key, 1);
	return XDP_PASS;
}

#include "packet.h"
MAP(medians, BPF_MAP_TYPE_ARRAY, u32, u64, 1);

SEC("xdp")
int stack_heavy(struct xdp_md *ctx)
{
	void *data = DATA(ctx), *end = END(ctx);
	if (data + 32 > end)
		return XDP_PASS;
	u32 w[8];
	/* By words: packets need no alignment here, and memcpy would go by bytes. */
	const u32 *from = data;
	for (u32 i = 0; i < 8; i++)
		w[i] = from[i];
	for (u32 round = 0; round < 8; round++)
		for (u32 i = 0; i < 7; i++) {
			u32 a = w[i], b = w[i + 1];
			if (a > b) {
				w[i] = b;
				w[i + 1] = a;
			}
		}
	u32 zero = 0;
	u64 median = w[4];
	bpf_map_update_elem(&medians, &zero, &median, BPF_ANY);
	return XDP_PASS;
}

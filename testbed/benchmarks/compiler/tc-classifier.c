#include "packet.h"

MAP(classified, BPF_MAP_TYPE_ARRAY, u32, u64, 8);

SEC("tc")
int classify(struct __sk_buff *ctx)
{
	void *data = DATA(ctx), *end = END(ctx);
	if (data + 34 > end)
		return 0;
	if (!IS_IPV4(data))
		return 0;
	struct ipv4 *ip = data + 14;
	u32 class = 0;
	if (ip->protocol == 17) {
		if (HAS_PORTS(ip)) {
			struct udp *udp = data + 14 + IPV4_BYTES(ip);
			if ((void *)(udp + 1) <= end && bpf_ntohs(udp->dst) == 5060)
				class = 7;
		}
	} else if (ip->protocol == 6) {
		class = ctx->len > 1400 ? 1 : 0;
	}
	ctx->priority = class;
	ADD(classified, &class, 1);
	return 0;
}

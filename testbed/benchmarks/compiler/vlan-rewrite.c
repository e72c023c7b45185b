#include "packet.h"
MAP(classes, BPF_MAP_TYPE_PERCPU_ARRAY, u32, u64, 64);

SEC("tc")
int vlan_rewrite(struct __sk_buff *ctx)
{
	void *data = DATA(ctx), *end = END(ctx);
	if (data + 34 > end)
		return 0;
	if (!IS_IPV4(data))
		return 0;
	struct ipv4 *ip = data + 14;
	u32 dscp = ip->tos >> 2;
	u32 prio = ctx->vlan_present ? (ctx->vlan_tci >> 13) & 7 : 0;
	u32 class;
	if (dscp == 46)
		class = 0;
	else if (dscp >= 32)
		class = 1;
	else if (prio == 7)
		class = 2;
	else if (prio)
		class = 8 + prio;
	else
		class = 3;
	ctx->mark = class << 8 | dscp;
	ADD(classes, &class, 1);
	return 0;
}

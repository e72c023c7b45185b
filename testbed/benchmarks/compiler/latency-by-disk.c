#include "common.h"
struct issue_ctx { u64 common; u32 dev; u32 pad; u64 sector; };
struct slot { u32 dev; u32 bucket; };
MAP(start, BPF_MAP_TYPE_HASH, u64, u64, 8192);
MAP(hist, BPF_MAP_TYPE_HASH, struct slot, u64, 4096);

SEC("tracepoint/block/block_rq_issue")
int issued(struct issue_ctx *ctx)
{
	u64 key = ctx->sector ^ ((u64)ctx->dev << 40), now = bpf_ktime_get_ns();
	UPDATE(start, &key, &now);
	return 0;
}

SEC("tracepoint/block/block_rq_complete")
int completed(struct issue_ctx *ctx)
{
	u64 key = ctx->sector ^ ((u64)ctx->dev << 40);
	u64 *from = bpf_map_lookup_elem(&start, &key);
	if (!from || !*from)
		return 0;
	struct slot s = { ctx->dev, log2_u64((bpf_ktime_get_ns() - *from) / 1000) };
	INCREMENT(hist, &s, 1);
	bpf_map_delete_elem(&start, &key);
	return 0;
}

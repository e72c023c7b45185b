#include "common.h"

struct issue_ctx { u64 common; u32 dev; u32 pad; u64 sector; u32 nr_sector; u32 bytes; };
struct complete_ctx { u64 common; u32 dev; u32 pad; u64 sector; u32 nr_sector; i32 error; };
struct request { u64 sector; u32 dev; };
struct started { u64 ts; u32 bytes; };
struct io_event { u64 ts; u64 latency_us; u64 sector; u32 dev; u32 bytes; i32 error; };
MAP(inflight, BPF_MAP_TYPE_HASH, struct request, struct started, 16384);
MAP(latency, BPF_MAP_TYPE_PERCPU_ARRAY, u32, u64, 64);
RING(slow_io, 128 * 1024);
STATS(1);

SEC("tracepoint/block/block_rq_issue")
int rq_issue(struct issue_ctx *ctx)
{
	struct request k;
	struct started s;
	__builtin_memset(&k, 0, sizeof(k));
	__builtin_memset(&s, 0, sizeof(s));
	k.sector = ctx->sector;
	k.dev = ctx->dev;
	s.ts = bpf_ktime_get_ns();
	s.bytes = ctx->bytes;
	UPDATE(inflight, &k, &s);
	return 0;
}

SEC("tracepoint/block/block_rq_complete")
int rq_done(struct complete_ctx *ctx)
{
	struct request k;
	__builtin_memset(&k, 0, sizeof(k));
	k.sector = ctx->sector;
	k.dev = ctx->dev;
	struct started *s = bpf_map_lookup_elem(&inflight, &k);
	if (!s)
		return 0;
	u64 now = bpf_ktime_get_ns(), us = (now - s->ts) / 1000;
	u32 bucket = log2_u64(us);
	ADD(latency, &bucket, 1);
	if (us >= 50000) {
		struct io_event *e = bpf_ringbuf_reserve(&slow_io, sizeof(*e), 0);
		if (e) {
			__builtin_memset(e, 0, sizeof(*e));
			e->ts = now;
			e->latency_us = us;
			e->sector = ctx->sector;
			e->dev = ctx->dev;
			e->bytes = s->bytes;
			e->error = ctx->error;
			bpf_ringbuf_submit(e, 0);
			COUNT(0, produced);
		} else {
			COUNT(0, lost);
		}
	}
	bpf_map_delete_elem(&inflight, &k);
	return 0;
}

#include "common.h"

struct victim_ctx { u64 common; i32 pid; u32 comm_loc; u64 total_vm; u64 anon_rss; u64 file_rss; u64 shmem_rss; u32 uid; u32 pad; u64 pgtables; i16 oom_score_adj; };
struct oom_event { u64 ts; u64 total_kb; u64 anon_kb; u32 pid; u32 uid; i16 score; u8 comm[16]; };
RING(kills, 4096);
STATS(1);

SEC("tracepoint/oom/mark_victim")
int oom_kill(struct victim_ctx *ctx)
{
	struct oom_event *e = bpf_ringbuf_reserve(&kills, sizeof(*e), 0);
	if (!e) {
		COUNT(0, lost);
		return 0;
	}
	__builtin_memset(e, 0, sizeof(*e));
	e->ts = bpf_ktime_get_ns();
	e->total_kb = ctx->total_vm;
	e->anon_kb = ctx->anon_rss;
	e->pid = ctx->pid;
	e->uid = ctx->uid;
	e->score = ctx->oom_score_adj;
	bpf_probe_read_kernel_str(e->comm, 16, (void *)ctx + (ctx->comm_loc & 0xffff));
	bpf_ringbuf_submit(e, 0);
	COUNT(0, produced);
	return 0;
}

#include "common.h"

struct wakeup_ctx { u64 common; u8 comm[16]; i32 pid; i32 prio; i32 target_cpu; };
struct switch_ctx { u64 common; u8 prev_comm[16]; i32 prev_pid; i32 prev_prio; i64 prev_state; u8 next_comm[16]; i32 next_pid; i32 next_prio; };
struct wait_event { u64 ts; u64 wait_us; u32 pid; u32 cpu; u8 comm[16]; };
MAP(since, BPF_MAP_TYPE_HASH, u32, u64, 65536);
MAP(histogram, BPF_MAP_TYPE_PERCPU_ARRAY, u32, u64, 64);
RING(waits, 256 * 1024);
STATS(1);

static __always_inline void note_runnable(u32 pid)
{
	if (!pid)
		return;
	u64 now = bpf_ktime_get_ns();
	UPDATE(since, &pid, &now);
}

SEC("tracepoint/sched/sched_wakeup")
int wake(struct wakeup_ctx *ctx)
{
	note_runnable(ctx->pid);
	return 0;
}

SEC("tracepoint/sched/sched_wakeup_new")
int wake_new(struct wakeup_ctx *ctx)
{
	note_runnable(ctx->pid);
	return 0;
}

SEC("tracepoint/sched/sched_switch")
int switch_(struct switch_ctx *ctx)
{
	if (ctx->prev_state == 0)
		note_runnable(ctx->prev_pid);
	u32 next = ctx->next_pid;
	u64 *start = bpf_map_lookup_elem(&since, &next);
	if (!start || !*start)
		return 0;
	u64 from = *start, now = bpf_ktime_get_ns(), us = (now - from) / 1000;
	bpf_map_delete_elem(&since, &next);
	u32 bucket = log2_u64(us);
	ADD(histogram, &bucket, 1);
	if (us < 10000)
		return 0;
	struct wait_event *e = bpf_ringbuf_reserve(&waits, sizeof(*e), 0);
	if (!e) {
		COUNT(0, lost);
		return 0;
	}
	__builtin_memset(e, 0, sizeof(*e));
	e->ts = now;
	e->wait_us = us;
	e->pid = next;
	e->cpu = bpf_get_smp_processor_id();
	bpf_probe_read_kernel(e->comm, 16, ctx->next_comm);
	bpf_ringbuf_submit(e, 0);
	COUNT(0, produced);
	return 0;
}

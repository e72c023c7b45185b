#include "common.h"

/* Layout of Linux 6.18; the comparison is about code, not about offsets. */
struct fork_ctx { u64 common; u32 parent_comm_loc; i32 parent_pid; u32 child_comm_loc; i32 child_pid; };
struct exit_ctx { u64 common; u8 comm[16]; i32 pid; i32 prio; };
struct birth { u64 ts; u32 parent; };
struct life { u64 born; u64 lived_ms; u32 pid; u32 parent; u8 comm[16]; };
MAP(births, BPF_MAP_TYPE_LRU_HASH, u32, struct birth, 32768);
MAP(forks, BPF_MAP_TYPE_PERCPU_ARRAY, u32, u64, 1);
RING(lives, 128 * 1024);
STATS(1);

SEC("tracepoint/sched/sched_process_fork")
int born(struct fork_ctx *ctx)
{
	struct birth b = {};
	u32 zero = 0;
	ADD(forks, &zero, 1);
	b.ts = bpf_ktime_get_ns();
	b.parent = ctx->parent_pid;
	u32 child = ctx->child_pid;
	UPDATE(births, &child, &b);
	return 0;
}

SEC("tracepoint/sched/sched_process_exit")
int gone(struct exit_ctx *ctx)
{
	u32 pid = ctx->pid;
	struct birth *b = bpf_map_lookup_elem(&births, &pid);
	if (!b)
		return 0;
	struct life *e = bpf_ringbuf_reserve(&lives, sizeof(*e), 0);
	if (e) {
		__builtin_memset(e, 0, sizeof(*e));
		e->born = b->ts;
		e->lived_ms = (bpf_ktime_get_ns() - b->ts) / 1000000;
		e->pid = pid;
		e->parent = b->parent;
		bpf_get_current_comm(e->comm, 16);
		bpf_ringbuf_submit(e, 0);
		COUNT(0, produced);
	} else {
		COUNT(0, lost);
	}
	bpf_map_delete_elem(&births, &pid);
	return 0;
}

#include "common.h"
struct enter_ctx { u64 common; i32 nr; u32 pad; u64 uaddr; u64 op; };
struct exit_ctx { u64 common; i32 nr; u32 pad; i64 ret; };
struct entry { u64 at; u64 uaddr; u32 op; };
struct wait { u64 ts; u64 us; u64 uaddr; i64 result; u32 pid; u32 tid; u32 op; u8 comm[16]; };
MAP(entries, BPF_MAP_TYPE_HASH, u32, struct entry, 16384);
MAP(totals, BPF_MAP_TYPE_LRU_HASH, u32, u64, 8192);
RING(long_waits, 128 * 1024);
STATS(1);

SEC("tracepoint/syscalls/sys_enter_futex")
int futex_enter(struct enter_ctx *ctx)
{
	struct entry e;
	__builtin_memset(&e, 0, sizeof(e));
	e.at = bpf_ktime_get_ns();
	e.uaddr = ctx->uaddr;
	e.op = ctx->op;
	u32 tid = bpf_get_current_pid_tgid();
	UPDATE(entries, &tid, &e);
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_futex")
int futex_exit(struct exit_ctx *ctx)
{
	u64 id = bpf_get_current_pid_tgid();
	u32 tid = id, pid = id >> 32;
	struct entry *s = bpf_map_lookup_elem(&entries, &tid);
	if (!s)
		return 0;
	u64 now = bpf_ktime_get_ns(), us = (now - s->at) / 1000;
	INCREMENT(totals, &pid, us);
	if (us >= 100000) {
		struct wait *w = bpf_ringbuf_reserve(&long_waits, sizeof(*w), 0);
		if (w) {
			__builtin_memset(w, 0, sizeof(*w));
			w->ts = now;
			w->us = us;
			w->uaddr = s->uaddr;
			w->result = ctx->ret;
			w->pid = pid;
			w->tid = tid;
			w->op = s->op;
			bpf_get_current_comm(w->comm, 16);
			bpf_ringbuf_submit(w, 0);
			COUNT(0, produced);
		} else {
			COUNT(0, lost);
		}
	}
	bpf_map_delete_elem(&entries, &tid);
	return 0;
}

#include "common.h"

struct exec_ctx { u64 common; u32 filename_loc; i32 pid; i32 old_pid; };
struct exec_event { u64 ts; u32 pid; u32 uid; u8 comm[16]; u8 file[128]; };
RING(execs, 256 * 1024);
STATS(1);

SEC("tracepoint/sched/sched_process_exec")
int on_exec(struct exec_ctx *ctx)
{
	u32 uid = bpf_get_current_uid_gid();
	if (uid == 0xffffffff)
		return 0;
	struct exec_event *e = bpf_ringbuf_reserve(&execs, sizeof(*e), 0);
	if (!e) {
		COUNT(0, lost);
		return 0;
	}
	__builtin_memset(e, 0, sizeof(*e));
	e->ts = bpf_ktime_get_ns();
	e->pid = ctx->pid;
	e->uid = uid;
	bpf_get_current_comm(e->comm, 16);
	bpf_probe_read_kernel_str(e->file, 128, (void *)ctx + (ctx->filename_loc & 0xffff));
	bpf_ringbuf_submit(e, 0);
	COUNT(0, produced);
	return 0;
}

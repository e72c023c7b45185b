#include "common.h"

struct generate_ctx { u64 common; i32 sig; i32 error; i32 code; u8 comm[16]; i32 pid; i32 group; i32 result; };
struct signal_event { u64 ts; u32 signal; i32 code; u32 sender; u32 target; u8 sender_comm[16]; u8 target_comm[16]; };
RING(signals, 64 * 1024);
STATS(1);

SEC("tracepoint/signal/signal_generate")
int on_signal(struct generate_ctx *ctx)
{
	i32 sig = ctx->sig;
	if (ctx->result != 0 || (sig != 6 && sig != 9 && sig != 11 && sig != 15))
		return 0;
	struct signal_event *e = bpf_ringbuf_reserve(&signals, sizeof(*e), 0);
	if (!e) {
		COUNT(0, lost);
		return 0;
	}
	__builtin_memset(e, 0, sizeof(*e));
	e->ts = bpf_ktime_get_ns();
	e->signal = sig;
	e->code = ctx->code;
	e->sender = bpf_get_current_pid_tgid() >> 32;
	e->target = ctx->pid;
	bpf_get_current_comm(e->sender_comm, 16);
	bpf_probe_read_kernel(e->target_comm, 16, ctx->comm);
	bpf_ringbuf_submit(e, 0);
	COUNT(0, produced);
	return 0;
}

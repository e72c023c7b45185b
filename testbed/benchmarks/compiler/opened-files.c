#include "common.h"

struct enter_ctx { u64 common; i32 nr; u32 pad; u64 dfd; u64 filename; u64 flags; u64 mode; };
struct exit_ctx { u64 common; i32 nr; u32 pad; i64 ret; };
struct open_event { u64 ts; u32 pid; u32 flags; i64 result; u8 comm[16]; u8 path[96]; };
struct pending { u64 name; u64 flags; };
MAP(running, BPF_MAP_TYPE_LRU_HASH, u64, struct pending, 8192);
RING(opens, 512 * 1024);
STATS(1);

SEC("tracepoint/syscalls/sys_enter_openat")
int open_enter(struct enter_ctx *ctx)
{
	struct pending p = { .name = ctx->filename, .flags = ctx->flags };
	u64 id = bpf_get_current_pid_tgid();
	UPDATE(running, &id, &p);
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_openat")
int open_exit(struct exit_ctx *ctx)
{
	u64 id = bpf_get_current_pid_tgid();
	struct pending *p = bpf_map_lookup_elem(&running, &id);
	if (!p)
		return 0;
	struct open_event *e = bpf_ringbuf_reserve(&opens, sizeof(*e), 0);
	if (e) {
		__builtin_memset(e, 0, sizeof(*e));
		e->ts = bpf_ktime_get_ns();
		e->pid = id >> 32;
		e->flags = p->flags;
		e->result = ctx->ret;
		bpf_get_current_comm(e->comm, 16);
		bpf_probe_read_user_str(e->path, 96, (void *)p->name);
		bpf_ringbuf_submit(e, 0);
		COUNT(0, produced);
	} else {
		COUNT(0, lost);
	}
	bpf_map_delete_elem(&running, &id);
	return 0;
}

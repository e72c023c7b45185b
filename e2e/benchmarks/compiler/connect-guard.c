#include "common.h"

struct target { u32 ip; u16 port; u16 pad; };
struct denial { u64 ts; u32 pid; u32 ip; u16 port; u8 comm[16]; };
MAP(denied, BPF_MAP_TYPE_HASH, struct target, u8, 4096);
RING(denials, 64 * 1024);
STATS(1);

SEC("cgroup/connect4")
int connect_guard(struct bpf_sock_addr *ctx)
{
	struct target key = {};
	u16 port = bpf_ntohs(ctx->user_port);
	key.ip = ctx->user_ip4;
	key.port = port;
	u8 *hit = bpf_map_lookup_elem(&denied, &key);
	if (!hit || !*hit)
		return 1;
	struct denial *e = bpf_ringbuf_reserve(&denials, sizeof(*e), 0);
	if (e) {
		__builtin_memset(e, 0, sizeof(*e));
		e->ts = bpf_ktime_get_ns();
		e->pid = bpf_get_current_pid_tgid() >> 32;
		e->ip = ctx->user_ip4;
		e->port = port;
		bpf_get_current_comm(e->comm, 16);
		bpf_ringbuf_submit(e, 0);
		COUNT(0, produced);
	} else {
		COUNT(0, lost);
	}
	return 0;
}

#include "common.h"

struct target { u32 ip; u16 port; u16 pad; };
struct denial { u64 ts; u32 pid; u32 ip; u16 port; u8 comm[16]; };
MAP(denied, BPF_MAP_TYPE_HASH, struct target, u8, 4096);
RING(denials, 64 * 1024);
STATS(1);

static __always_inline int is_denied(struct bpf_sock_addr *ctx, u32 ip)
{
	struct target key = {};
	u16 port = bpf_ntohs(ctx->user_port);
	key.ip = ip;
	key.port = port;
	u8 *hit = bpf_map_lookup_elem(&denied, &key);
	if (!hit || !*hit)
		return 0;
	struct denial *e = bpf_ringbuf_reserve(&denials, sizeof(*e), 0);
	if (e) {
		__builtin_memset(e, 0, sizeof(*e));
		e->ts = bpf_ktime_get_ns();
		e->pid = bpf_get_current_pid_tgid() >> 32;
		e->ip = ip;
		e->port = port;
		bpf_get_current_comm(e->comm, 16);
		bpf_ringbuf_submit(e, 0);
		COUNT(0, produced);
	} else {
		COUNT(0, lost);
	}
	return 1;
}

SEC("cgroup/connect4")
int connect_guard(struct bpf_sock_addr *ctx)
{
	return is_denied(ctx, ctx->user_ip4) ? 0 : 1;
}

SEC("cgroup/connect6")
int mapped_guard(struct bpf_sock_addr *ctx)
{
	if (ctx->user_ip6[0] || ctx->user_ip6[1] || ctx->user_ip6[2] != bpf_htonl(0xffff))
		return 1;
	return is_denied(ctx, ctx->user_ip6[3]) ? 0 : 1;
}

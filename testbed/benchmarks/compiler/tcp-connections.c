#include "common.h"

struct state_ctx { u64 common; u64 skaddr; i32 oldstate; i32 newstate; u16 sport; u16 dport; u16 family; u16 protocol; u8 saddr[4]; u8 daddr[4]; u8 saddr_v6[16]; u8 daddr_v6[16]; };
struct connect_event { u64 ts; u64 setup_us; u8 saddr[16]; u8 daddr[16]; u16 sport; u16 dport; u8 comm[16]; };
struct attempt { u64 start; u8 comm[16]; };
MAP(attempts, BPF_MAP_TYPE_LRU_HASH, u64, struct attempt, 16384);
RING(connects, 256 * 1024);
STATS(1);

SEC("tracepoint/sock/inet_sock_set_state")
int tcp_state(struct state_ctx *ctx)
{
	u64 sk = ctx->skaddr;
	switch (ctx->newstate) {
	case 2: {
		struct attempt a = {};
		a.start = bpf_ktime_get_ns();
		bpf_get_current_comm(a.comm, 16);
		UPDATE(attempts, &sk, &a);
		break;
	}
	case 1: {
		struct attempt *a = bpf_map_lookup_elem(&attempts, &sk);
		if (!a)
			break;
		struct connect_event *e = bpf_ringbuf_reserve(&connects, sizeof(*e), 0);
		if (e) {
			__builtin_memset(e, 0, sizeof(*e));
			u64 now = bpf_ktime_get_ns();
			e->ts = now;
			e->setup_us = (now - a->start) / 1000;
			e->sport = ctx->sport;
			e->dport = ctx->dport;
			bpf_probe_read_kernel(e->saddr, 16, ctx->saddr_v6);
			bpf_probe_read_kernel(e->daddr, 16, ctx->daddr_v6);
			__builtin_memcpy(e->comm, a->comm, 16);
			bpf_ringbuf_submit(e, 0);
			COUNT(0, produced);
		} else {
			COUNT(0, lost);
		}
		bpf_map_delete_elem(&attempts, &sk);
		break;
	}
	case 7:
		bpf_map_delete_elem(&attempts, &sk);
		break;
	}
	return 0;
}

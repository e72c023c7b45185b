#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

/* One counter a program. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 32);
	__type(key, __u32);
	__type(value, __u64);
} hits SEC(".maps");

int target_pid;

static __attribute__((always_inline)) void hit(__u32 slot)
{
	__u64 *count = bpf_map_lookup_elem(&hits, &slot);

	if (count)
		__sync_fetch_and_add(count, 1);
}

SEC("xdp") int on_xdp(struct xdp_md *ctx) { hit(0); return XDP_PASS; }
SEC("xdp") int on_xdp_new(struct xdp_md *ctx) { hit(1); return XDP_PASS; }
SEC("tcx/ingress") int on_ingress(struct __sk_buff *skb) { hit(2); return -1; }
SEC("tcx/egress") int on_egress(struct __sk_buff *skb) { hit(3); return -1; }
SEC("tc") int on_clsact(struct __sk_buff *skb) { hit(4); return -1; }

SEC("cgroup/connect4") int on_connect(struct bpf_sock_addr *ctx)
{
	hit(6);
	return ctx->user_port == bpf_htons(4999) ? 0 : 1;
}

SEC("sk_lookup") int on_lookup(struct bpf_sk_lookup *ctx) { hit(7); return SK_PASS; }
SEC("flow_dissector") int on_dissect(struct __sk_buff *skb) { hit(8); return 129; }
SEC("tp_btf/sched_process_fork") int on_btf_fork(__u64 *ctx) { hit(9); return 0; }

/* Has the kernel look into the packet once more. */
SEC("tc") int on_hash(struct __sk_buff *skb)
{
	bpf_set_hash_invalid(skb);
	bpf_get_hash_recalc(skb);
	return -1;
}

SEC("perf_event") int on_sample(void *ctx) { hit(10); return 0; }
SEC("uprobe") int on_uprobe(void *ctx)
{
	if (bpf_get_current_pid_tgid() >> 32 == target_pid)
		hit(11);
	return 0;
}

SEC("uprobe.multi") int on_uprobes(void *ctx)
{
	if (bpf_get_current_pid_tgid() >> 32 == target_pid)
		hit(12);
	return 0;
}

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} sockets SEC(".maps");

SEC("sk_msg") int on_message(struct sk_msg_md *msg) { hit(13); return SK_PASS; }
SEC("sk_skb/stream_parser") int on_stream(struct __sk_buff *skb) { hit(14); return skb->len; }
SEC("sk_skb/stream_verdict") int on_stream_verdict(struct __sk_buff *skb) { hit(18); return SK_PASS; }
SEC("sk_skb/verdict") int on_verdict(struct __sk_buff *skb) { hit(19); return SK_PASS; }


char _license[] SEC("license") = "GPL";

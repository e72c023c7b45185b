#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct event {
	__u64 time;
	__u32 pid;
	char comm[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 65536);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} others SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 128);
	__type(key, __u32);
	__type(value, __u64);
} seen SEC(".maps");

SEC("tracepoint/sched/sched_process_fork")
int on_fork(void *ctx)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	__u64 one = 1, *count = bpf_map_lookup_elem(&seen, &pid);

	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&seen, &pid, &one, BPF_ANY);
	return 0;
}

SEC("raw_tp/task_newtask")
int on_task(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	__u64 one = 1, *count = bpf_map_lookup_elem(&seen, &pid);

	if (count)
		__sync_fetch_and_add(count, 1000);
	return 0;
}

SEC("xdp")
int emit(struct xdp_md *ctx)
{
	struct event *e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);

	if (!e)
		return 1;
	e->time = ctx->data_end - ctx->data;
	e->pid = 7;
	__builtin_memcpy(e->comm, "fifteen letters", 16);
	bpf_ringbuf_submit(e, 0);
	return 2;
}

SEC("xdp")
int emit_other(struct xdp_md *ctx)
{
	__u64 number = 1;

	return bpf_ringbuf_output(&others, &number, sizeof(number), 0) ? 1 : 2;
}

SEC("xdp")
int emit_quietly(struct xdp_md *ctx)
{
	__u64 number = 2;

	return bpf_ringbuf_output(&others, &number, sizeof(number), BPF_RB_NO_WAKEUP) ? 1 : 2;
}

SEC("xdp")
int emit_loudly(struct xdp_md *ctx)
{
	__u64 number = 3;

	return bpf_ringbuf_output(&others, &number, sizeof(number), BPF_RB_FORCE_WAKEUP) ? 1 : 2;
}

SEC("xdp")
int discard(struct xdp_md *ctx)
{
	void *e = bpf_ringbuf_reserve(&events, 100, 0);

	if (!e)
		return 1;
	bpf_ringbuf_discard(e, 0);
	return 2;
}

char _license[] SEC("license") = "GPL";

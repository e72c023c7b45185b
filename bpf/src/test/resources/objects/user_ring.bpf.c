#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 4096);
} commands SEC(".maps");

static long take(struct bpf_dynptr *record, void *context)
{
	__u32 value = 0;

	bpf_dynptr_read(&value, sizeof(value), record, 0, 0);
	*(long *)context += value;
	return 0;
}

SEC("tc")
int drain(struct __sk_buff *skb)
{
	long sum = 0;

	bpf_user_ringbuf_drain(&commands, take, &sum, 0);
	return sum;
}

char _license[] SEC("license") = "GPL";

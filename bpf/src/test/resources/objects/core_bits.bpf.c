#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

struct thing___mine { unsigned int pad[3]; unsigned int flag : 1; unsigned int level : 4; } __attribute__((preserve_access_index));
struct sk_buff___mine { unsigned char cloned : 1; unsigned char nohdr : 1; } __attribute__((preserve_access_index));

long offset, size, left, right, is_signed;

SEC("raw_tp/task_newtask")
int ask(void *ctx)
{
	struct sk_buff___mine *skb = 0;

	offset = __CORE_RELO(skb, nohdr, BYTE_OFFSET);
	size = __CORE_RELO(skb, nohdr, BYTE_SIZE);
	left = __CORE_RELO(skb, nohdr, LSHIFT_U64);
	right = __CORE_RELO(skb, nohdr, RSHIFT_U64);
	is_signed = __CORE_RELO(skb, nohdr, SIGNED);
	return 0;
}

char _license[] SEC("license") = "GPL";

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

int last(struct xdp_md *ctx);

struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} first_inner SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 2);
	__uint(key_size, 4);
	__array(values, struct inner);
} outer SEC(".maps") = { .values = { [1] = &first_inner } };

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 4);
	__uint(key_size, 4);
	__array(values, int(struct xdp_md *));
} jumps SEC(".maps") = { .values = { [2] = (void *)&last } };

static long visit(__u32 i, void *ctx)
{
	*(long *)ctx += i;
	return 0;
}

SEC("xdp")
int first(struct xdp_md *ctx)
{
	bpf_tail_call(ctx, &jumps, 2);
	return 0;
}

SEC("xdp")
int last(struct xdp_md *ctx)
{
	__u32 slot = 1, zero = 0;
	void *map = bpf_map_lookup_elem(&outer, &slot);
	__u32 *value = map ? bpf_map_lookup_elem(map, &zero) : 0;
	long sum = 0;

	bpf_loop(10, visit, &sum, 0);
	return value ? *value + sum : 1;
}

char _license[] SEC("license") = "GPL";

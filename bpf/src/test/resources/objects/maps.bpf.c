#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct key { __u32 prefix; __u8 address[4]; };
struct value { __u64 packets, bytes; };

#define MAP(NAME, TYPE, KEY, VALUE, FLAGS) \
	struct { __uint(type, TYPE); __uint(max_entries, 16); __type(key, KEY); \
		__type(value, VALUE); __uint(map_flags, FLAGS); } NAME SEC(".maps")

MAP(hash, BPF_MAP_TYPE_HASH, struct key, struct value, BPF_F_NO_PREALLOC);
MAP(lru, BPF_MAP_TYPE_LRU_HASH, __u32, struct value, 0);
MAP(per_cpu, BPF_MAP_TYPE_PERCPU_ARRAY, __u32, struct value, 0);
MAP(trie, BPF_MAP_TYPE_LPM_TRIE, struct key, __u32, BPF_F_NO_PREALLOC);
MAP(devices, BPF_MAP_TYPE_DEVMAP, __u32, __u32, 0);
MAP(cpus, BPF_MAP_TYPE_CPUMAP, __u32, __u32, 0);

struct { __uint(type, BPF_MAP_TYPE_STACK_TRACE); __uint(max_entries, 16); __uint(key_size, 4); __uint(value_size, 80); } stacks SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); __uint(key_size, 4); __uint(value_size, 4); } perf SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_QUEUE); __uint(max_entries, 4); __type(value, __u32); } queue SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_BLOOM_FILTER); __uint(max_entries, 100); __type(value, __u32); __uint(map_extra, 3); } bloom SEC(".maps");
static struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); } hidden SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_TASK_STORAGE); __uint(map_flags, BPF_F_NO_PREALLOC); __type(key, int); __type(value, __u64); } tasks SEC(".maps");

SEC("xdp")
int use(struct xdp_md *ctx)
{
	struct key key = { 32, { 10, 0, 0, 1 } };
	__u32 zero = 0;
	__u64 *count = bpf_map_lookup_elem(&hidden, &zero);
	struct value *value = bpf_map_lookup_elem(&per_cpu, &zero);
	__u32 *route = bpf_map_lookup_elem(&trie, &key);

	if (count)
		*count += 1;
	if (value)
		value->packets++;
	return route ? *route : 0;
}

char _license[] SEC("license") = "GPL";

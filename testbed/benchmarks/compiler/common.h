/* What all C programs of the comparison share: the types, and the loss accounting that Whistler emits. */
#pragma once
#ifdef KERNEL_TYPES
#include "vmlinux.h"
#else
#include <linux/bpf.h>
#include <linux/types.h>
#endif
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s16 i16;
typedef __s32 i32;
typedef __s64 i64;

struct ring_stats {
	u64 produced;
	u64 lost;
};

/* One entry a ring, in order of definition. */
#define STATS(n)                                          \
	struct {                                          \
		__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);  \
		__type(key, u32);                         \
		__type(value, struct ring_stats);         \
		__uint(max_entries, n);                   \
	} stats SEC(".maps")

#define COUNT(index, member)                                                   \
	do {                                                                   \
		u32 stats_key = (index);                                       \
		struct ring_stats *s = bpf_map_lookup_elem(&stats, &stats_key); \
		if (s)                                                         \
			__sync_fetch_and_add(&s->member, 1);                   \
	} while (0)

#define RING(name, bytes)                             \
	struct {                                      \
		__uint(type, BPF_MAP_TYPE_RINGBUF);   \
		__uint(max_entries, bytes);           \
	} name SEC(".maps")

#define MAP(name, kind, ktype, vtype, entries) \
	struct {                               \
		__uint(type, kind);            \
		__type(key, ktype);            \
		__type(value, vtype);          \
		__uint(max_entries, entries);  \
	} name SEC(".maps")

/* Counts the updates that failed, as Whistler does where nobody looks at the result. */
#define UPDATE(map, key, value)                                              \
	do {                                                                 \
		static u64 failed;                                           \
		if (bpf_map_update_elem(&map, key, value, BPF_ANY))          \
			__sync_fetch_and_add(&failed, 1);                    \
	} while (0)

/* Adds to a keyed element, inserting it if it is not there. */
#define INCREMENT(map, key, delta)                                              \
	do {                                                                    \
		u64 *v = bpf_map_lookup_elem(&map, key);                        \
		if (v) {                                                        \
			__sync_fetch_and_add(v, delta);                         \
		} else {                                                        \
			u64 first = (delta);                                    \
			if (bpf_map_update_elem(&map, key, &first, BPF_NOEXIST)) { \
				v = bpf_map_lookup_elem(&map, key);             \
				static u64 failed;                              \
				if (v)                                          \
					__sync_fetch_and_add(v, delta);         \
				else                                            \
					__sync_fetch_and_add(&failed, 1);       \
			}                                                       \
		}                                                               \
	} while (0)

/* Adds to an array element. */
#define ADD(map, key, delta)                             \
	do {                                             \
		u64 *v = bpf_map_lookup_elem(&map, key); \
		if (v)                                   \
			__sync_fetch_and_add(v, delta);  \
	} while (0)

static __always_inline u32 log2_u64(u64 v)
{
	u32 r = 0;
	if (v >> 32) { v >>= 32; r += 32; }
	if (v >> 16) { v >>= 16; r += 16; }
	if (v >> 8) { v >>= 8; r += 8; }
	if (v >> 4) { v >>= 4; r += 4; }
	if (v >> 2) { v >>= 2; r += 2; }
	return r + (v >> 1);
}

char LICENSE[] SEC("license") = "GPL";

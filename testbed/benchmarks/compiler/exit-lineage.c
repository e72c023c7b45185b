#include "common.h"

/* Offsets are given by the harness, from the same kernel types that Whistler reads. */
#ifndef REAL_PARENT
#define REAL_PARENT 1600
#define TGID 1580
#define COMM 3000
#endif
struct lineage { u32 pid; u32 ppid; u8 pcomm[16]; };
RING(lineages, 64 * 1024);
STATS(1);

static __always_inline u64 read_u64(u64 p)
{
	u64 v = 0;
	bpf_probe_read_kernel(&v, 8, (void *)p);
	return v;
}

static __always_inline u32 read_u32(u64 p)
{
	u32 v = 0;
	bpf_probe_read_kernel(&v, 4, (void *)p);
	return v;
}

SEC("kprobe/do_exit")
int exit_lineage(void *ctx)
{
	u64 task = bpf_get_current_task();
	u64 parent = read_u64(task + REAL_PARENT);
	struct lineage *e = bpf_ringbuf_reserve(&lineages, sizeof(*e), 0);
	if (!e) {
		COUNT(0, lost);
		return 0;
	}
	__builtin_memset(e, 0, sizeof(*e));
	e->pid = read_u32(task + TGID);
	e->ppid = read_u32(parent + TGID);
	bpf_probe_read_kernel_str(e->pcomm, 16, (void *)(parent + COMM));
	bpf_ringbuf_submit(e, 0);
	COUNT(0, produced);
	return 0;
}

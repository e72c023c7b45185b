#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* As people write them for libbpf: records of all that C has, and nothing that Whistler knows of. */

enum what { STARTED = 1, ENDED = 2 };

/* Named like a type of the schema. */
struct u32 {
	__u16 half[2];
};

struct point {
	int x;
	short y[2];
};

struct event {
	__u64 at;
	__u32 pid;
	enum what what;
	char comm[16];
	unsigned char raw[4];
	union { __u32 a; __u16 b; };
	unsigned int low : 3, high : 13;
	_Bool yes;
	struct point points[2];
	struct { __s8 minus; };
	void *where;
	int grid[2][2];
	struct u32 halves;
};

/* Keeps the type, which no map or function mentions. */
const struct event *unused __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 65536);
} events SEC(".maps");

struct key {
	__u32 pid;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct key);
	__type(value, enum what);
} seen SEC(".maps");

SEC("tracepoint/sched/sched_process_exec")
int on_exec(void *ctx)
{
	struct key key = { bpf_get_current_pid_tgid() >> 32 };
	enum what what = STARTED;
	struct event *e;

	bpf_map_update_elem(&seen, &key, &what, BPF_ANY);
	e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	if (!e)
		return 0;
	__builtin_memset(e, 0, sizeof(*e));
	e->at = ~0ull;
	e->pid = key.pid;
	e->what = STARTED;
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	e->raw[3] = 0xff;
	e->a = 0x01020304;
	e->low = 5;
	e->high = 77;
	e->yes = 1;
	e->points[1].x = -3;
	e->points[1].y[0] = 4;
	e->minus = -1;
	e->where = (void *)0x1234;
	e->grid[1][0] = 9;
	e->halves.half[1] = 6;
	bpf_ringbuf_submit(e, 0);
	return 0;
}

#ifdef TOO_FAR
SEC("tracepoint/sched/sched_process_exec")
int too_far(__u64 *ctx)
{
	return ctx[500];
}
#endif

char _license[] SEC("license") = "GPL";

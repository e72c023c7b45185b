#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

enum color { RED = -1, GREEN, BLUE };
struct inner { __s16 x; __u8 flag; };
struct key { __u32 zone; __s16 port; __u16 pad; };

struct everything {
	__u8 b; __s8 sb; __u16 h; __s16 sh; __u32 w; __s32 sw; __u64 d; __s64 sd;
	_Bool yes;
	char comm[16];
	__u8 mac[6];
	__s32 words[3];
	struct inner inner, pair[2];
	struct { __u32 left, right; };
	union { __u32 v4; __u8 v6[16]; };
	__u32 low : 3, high : 13;
	__s32 neg : 7;
	enum color color;
	void *address;
};

struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 16); __type(key, struct key);
	__type(value, struct everything); } things SEC(".maps");

static struct everything sample(void)
{
	struct everything e;

	__builtin_memset(&e, 0, sizeof(e));
	e.b = 255; e.sb = -128; e.h = 65535; e.sh = -32768; e.w = 4294967295U; e.sw = -2147483647 - 1;
	e.d = 18446744073709551615ULL; e.sd = -9223372036854775807LL - 1;
	e.yes = 1;
	__builtin_memcpy(e.comm, "whistler", 8);
	e.mac[0] = 2; e.mac[5] = 254;
	e.words[0] = -1; e.words[2] = 7;
	e.inner.x = -3; e.inner.flag = 1; e.pair[1].x = 300;
	e.left = 11; e.right = 12;
	e.v4 = 0x0100007f;
	e.low = 5; e.high = 8191; e.neg = -64;
	e.color = RED;
	e.address = (void *)0x1234;
	return e;
}

SEC("xdp")
int put(struct xdp_md *ctx)
{
	struct key key = { 1, -2, 0 };
	struct everything e = sample();

	return bpf_map_update_elem(&things, &key, &e, BPF_ANY);
}

/* 0 if the entry is there and the same to the byte. */
SEC("xdp")
int same(struct xdp_md *ctx)
{
	struct key key = { 1, -2, 0 };
	struct everything e = sample();
	__u8 *found = bpf_map_lookup_elem(&things, &key), *wanted = (void *)&e;

	if (!found)
		return 1000;
	for (int i = 0; i < sizeof(e); i++)
		if (found[i] != wanted[i])
			return i + 1;
	return 0;
}

char _license[] SEC("license") = "GPL";

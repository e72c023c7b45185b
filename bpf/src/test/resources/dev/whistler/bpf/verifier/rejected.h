typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;
#define SEC(name) __attribute__((section(name), used))
#define uint(name, value) int (*name)[value]
#define type(name, value) typeof(value) *name
static void *(*lookup)(void *map, const void *key) = (void *)1;
static long (*probe)(void *to, u32 size, const void *from) = (void *)113;
static u64 (*ktime)(void) = (void *)5;
static u64 (*pid)(void) = (void *)14;
static long (*comm)(void *to, u32 size) = (void *)16;
static long (*redirect)(u32 interface, u64 flags) = (void *)23;
static long (*adjust_head)(void *ctx, int delta) = (void *)44;
static void *(*reserve)(void *ring, u64 size, u64 flags) = (void *)131;
static void (*submit)(void *record, u64 flags) = (void *)132;
static long (*unknown)(void *ctx) = (void *)9999;
struct xdp { u32 data, end; };
struct { uint(type, 1); type(key, u32); type(value, u64); uint(max_entries, 8); } hash SEC(".maps");
struct { uint(type, 2); type(key, u32); type(value, u64); uint(max_entries, 8); } array SEC(".maps");
struct { uint(type, 2); type(key, u32); type(value, u64[8]); uint(max_entries, 8); } big SEC(".maps");
struct { uint(type, 27); uint(max_entries, 4096); } ring SEC(".maps");
SEC("license") char gpl[] = "GPL";

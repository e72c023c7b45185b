// Reports kill(2) calls of chosen processes: what the compiler would emit, by hand, so that the
// runtime can be tested without it. The schema is put in by the test.
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

#define SEC(name) __attribute__((section(name), used))
#define uint(name, value) int (*name)[value]
#define type(name, value) typeof(value) *name

static void *(*lookup)(void *map, const void *key) = (void *)1;
static u64 (*ktime)(void) = (void *)5;
static u64 (*pid_tgid)(void) = (void *)14;
static long (*comm)(void *to, u32 size) = (void *)16;
static void *(*reserve)(void *ring, u64 size, u64 flags) = (void *)131;
static void (*submit)(void *record, u64 flags) = (void *)132;

struct note {
  u64 ts;
  u64 number;
  u32 pid;
  u8 comm[16];
};

struct { uint(type, 27); uint(max_entries, RING_BYTES); } notes SEC(".maps");
struct { uint(type, 1); type(key, u32); type(value, u64); uint(max_entries, 64); } wanted SEC(".maps");
struct counts { u64 produced, lost; };
struct { uint(type, 6); type(key, u32); type(value, struct counts); uint(max_entries, 1); } stats SEC(".maps");

struct sys_enter { u64 common; u64 nr; u64 pid; u64 sig; };

static int report(void) {
  u32 pid = pid_tgid() >> 32, zero = 0;
  u64 *number = lookup(&wanted, &pid);
  if (!number)
    return 0;
  u64 n = __sync_fetch_and_add(number, 1);
  struct counts *counts = lookup(&stats, &zero);
  struct note *e = reserve(&notes, sizeof(*e), 0);
  if (!e) {
    if (counts)
      __sync_fetch_and_add(&counts->lost, 1);
    return 0;
  }
  e->ts = ktime();
  e->number = n;
  e->pid = pid;
  comm(e->comm, 16);
  *(u32 *)((char *)e + 36) = 0;
  submit(e, 0);
  if (counts)
    __sync_fetch_and_add(&counts->produced, 1);
  return 0;
}

#ifdef EVERY_CALL
// registers and number of a system call: raw_tp/sys_enter and tp_btf/sys_enter see all of them
#define KILL 62
SEC("tracepoint/syscalls/sys_enter_kill")
int on_kill(u64 *ctx) { return ctx[1] == KILL ? report() : 0; }
#else
SEC("tracepoint/syscalls/sys_enter_kill")
int on_kill(struct sys_enter *ctx) { return report(); }
#endif

SEC("license") char gpl[] = "GPL";

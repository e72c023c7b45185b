#include "common.h"
struct enter_ctx { u64 common; i64 id; u64 args[6]; };
MAP(by_number, BPF_MAP_TYPE_PERCPU_ARRAY, u32, u64, 512);
MAP(by_process, BPF_MAP_TYPE_LRU_HASH, u32, u64, 4096);

SEC("tracepoint/raw_syscalls/sys_enter")
int count_syscalls(struct enter_ctx *ctx)
{
	u32 nr = ctx->id;
	ADD(by_number, &nr, 1);
	u32 pid = bpf_get_current_pid_tgid() >> 32;
	INCREMENT(by_process, &pid, 1);
	return 0;
}

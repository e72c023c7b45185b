#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

struct task_struct___mine { long no_such_member; } __attribute__((preserve_access_index));

long value;

SEC("raw_tp/task_newtask")
int read_missing(void *ctx)
{
	struct task_struct___mine *task = (void *)bpf_get_current_task();

	value = BPF_CORE_READ(task, no_such_member);
	return 0;
}

char _license[] SEC("license") = "GPL";

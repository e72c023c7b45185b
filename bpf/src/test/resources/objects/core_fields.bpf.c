#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

/* Members in another order and at other places than in any kernel, some that no kernel has. */
struct cred___mine { int unused[7]; struct { unsigned val; } uid; } __attribute__((preserve_access_index));
struct task_struct___mine {
	long no_such_member;
	char comm[16];
	int tgid;
	int pid;
	struct task_struct___mine *group_leader;
	const struct cred___mine *cred;
} __attribute__((preserve_access_index));

long pid, tgid, leader, exists, missing, size, uid, guarded, comm_size, type_size;
char comm[16];

SEC("raw_tp/task_newtask")
int read_task(void *ctx)
{
	struct task_struct___mine *task = (void *)bpf_get_current_task();

	pid = BPF_CORE_READ(task, pid);
	tgid = BPF_CORE_READ(task, tgid);
	leader = BPF_CORE_READ(task, group_leader, pid);
	uid = BPF_CORE_READ(task, cred, uid.val);
	bpf_core_read_str(comm, sizeof(comm), &task->comm);
	exists = bpf_core_field_exists(task->comm);
	missing = bpf_core_field_exists(task->no_such_member);
	size = bpf_core_field_size(task->pid);
	comm_size = bpf_core_field_size(task->comm);
	type_size = bpf_core_type_size(struct task_struct___mine);
	if (bpf_core_field_exists(task->no_such_member))
		guarded = BPF_CORE_READ(task, no_such_member);
	else
		guarded = -1;
	return 0;
}

char _license[] SEC("license") = "GPL";

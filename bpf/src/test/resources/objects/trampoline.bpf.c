#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* Only what this process does counts. */
struct {
	int target_pid;
	int calls;
} seen;

static __attribute__((always_inline)) int ours(void)
{
	return bpf_get_current_pid_tgid() >> 32 == seen.target_pid;
}

SEC("fentry/vfs_read") int on_entry(__u64 *ctx) { if (ours()) seen.calls++; return 0; }
SEC("fexit/vfs_read") int on_exit(__u64 *ctx) { if (ours()) seen.calls++; return 0; }
/* The last argument is what the hooks before decided; -1 is EPERM. */
SEC("lsm/inode_mkdir") int on_mkdir(__u64 *ctx)
{
	if (!ours())
		return 0;
	seen.calls++;
	return -1;
}

char _license[] SEC("license") = "GPL";

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* Only what this process does counts. */
struct {
	int target_pid;
	int calls;
} seen;

static __attribute__((always_inline)) int count(void)
{
	if (bpf_get_current_pid_tgid() >> 32 == seen.target_pid)
		seen.calls++;
	return 0;
}

SEC("kprobe") int on_function(void *ctx) { return count(); }
SEC("kprobe.multi") int on_functions(void *ctx) { return count(); }

char _license[] SEC("license") = "GPL";

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

long calls;

SEC("fentry/vfs_read") int on_entry(__u64 *ctx) { calls++; return 0; }
SEC("fexit/vfs_read") int on_exit(__u64 *ctx) { calls++; return 0; }
SEC("lsm/file_open") int on_open(__u64 *ctx) { calls++; return 0; }

char _license[] SEC("license") = "GPL";

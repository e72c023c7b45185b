#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* Programs that take the place of functions: the library loads neither. */
SEC("struct_ops/init") int in_kernel(void *ctx) { return 0; }
SEC("freplace/other") int in_program(void *ctx) { return 0; }

char _license[] SEC("license") = "GPL";

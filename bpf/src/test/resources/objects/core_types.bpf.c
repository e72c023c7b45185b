#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

struct task_struct {};
struct no_such_struct_anywhere { int x; };
enum bpf_map_type___mine { BPF_MAP_TYPE_HASH___mine = 77, NO_SUCH_VALUE___mine = 78 };
struct bpf_prog___mine { unsigned short jited : 1; unsigned pages_x; } __attribute__((preserve_access_index));
struct sk_buff___mine { unsigned char ip_summed : 5; } __attribute__((preserve_access_index));

long here, absent, value, value_exists, value_absent, local_id, kernel_id;

SEC("raw_tp/task_newtask")
int ask(void *ctx)
{
	here = bpf_core_type_exists(struct task_struct);
	absent = bpf_core_type_exists(struct no_such_struct_anywhere);
	value = bpf_core_enum_value(enum bpf_map_type___mine, BPF_MAP_TYPE_HASH___mine);
	value_exists = bpf_core_enum_value_exists(enum bpf_map_type___mine, BPF_MAP_TYPE_HASH___mine);
	value_absent = bpf_core_enum_value_exists(enum bpf_map_type___mine, NO_SUCH_VALUE___mine);
	local_id = bpf_core_type_id_local(struct no_such_struct_anywhere);
	kernel_id = bpf_core_type_id_kernel(struct task_struct);
	return 0;
}

long jited = -1;

SEC("raw_tp/task_newtask")
int bits(void *ctx)
{
	struct bpf_prog___mine *prog = 0;

	jited = bpf_core_field_size(prog->jited);
	return 0;
}

char _license[] SEC("license") = "GPL";

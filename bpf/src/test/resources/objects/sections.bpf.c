#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

int first SEC(".data.first") = 11;
const int second SEC(".rodata.second") = 22;
volatile int third SEC(".bss.third");
const char *const names[] = { "zero", "one", "two" };

SEC("tc")
int sum(struct __sk_buff *skb)
{
	char text[8];
	const char *name = names[1];

	third++;
	bpf_probe_read_kernel_str(text, sizeof(text), "text in a string section");
	return first + *(volatile const int *)&second + third + text[0];
}

char _license[] SEC("license") = "GPL";

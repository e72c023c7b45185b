#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* A program for each attach type of control groups, called as the type: it allows everything and counts its runs. */
int runs;

#define ALLOWS(attach_type, section) \
	SEC(section) int attach_type(void *ctx) { __sync_fetch_and_add(&runs, 1); return 1; }

ALLOWS(cgroup_inet_ingress, "cgroup_skb/ingress")
ALLOWS(cgroup_inet_egress, "cgroup_skb/egress")
ALLOWS(cgroup_inet_sock_create, "cgroup/sock_create")
ALLOWS(cgroup_inet_sock_release, "cgroup/sock_release")
ALLOWS(cgroup_sock_ops, "sockops")
ALLOWS(cgroup_device, "cgroup/dev")
ALLOWS(cgroup_sysctl, "cgroup/sysctl")
ALLOWS(cgroup_getsockopt, "cgroup/getsockopt")
ALLOWS(cgroup_setsockopt, "cgroup/setsockopt")
ALLOWS(cgroup_inet4_bind, "cgroup/bind4")
ALLOWS(cgroup_inet6_bind, "cgroup/bind6")
ALLOWS(cgroup_inet4_post_bind, "cgroup/post_bind4")
ALLOWS(cgroup_inet6_post_bind, "cgroup/post_bind6")
ALLOWS(cgroup_inet4_connect, "cgroup/connect4")
ALLOWS(cgroup_inet6_connect, "cgroup/connect6")
ALLOWS(cgroup_unix_connect, "cgroup/connect_unix")
ALLOWS(cgroup_udp4_sendmsg, "cgroup/sendmsg4")
ALLOWS(cgroup_udp6_sendmsg, "cgroup/sendmsg6")
ALLOWS(cgroup_unix_sendmsg, "cgroup/sendmsg_unix")
ALLOWS(cgroup_udp4_recvmsg, "cgroup/recvmsg4")
ALLOWS(cgroup_udp6_recvmsg, "cgroup/recvmsg6")
ALLOWS(cgroup_unix_recvmsg, "cgroup/recvmsg_unix")
ALLOWS(cgroup_inet4_getpeername, "cgroup/getpeername4")
ALLOWS(cgroup_inet6_getpeername, "cgroup/getpeername6")
ALLOWS(cgroup_unix_getpeername, "cgroup/getpeername_unix")
ALLOWS(cgroup_inet4_getsockname, "cgroup/getsockname4")
ALLOWS(cgroup_inet6_getsockname, "cgroup/getsockname6")
ALLOWS(cgroup_unix_getsockname, "cgroup/getsockname_unix")
ALLOWS(lsm_cgroup, "lsm_cgroup/socket_bind")

char _license[] SEC("license") = "GPL";

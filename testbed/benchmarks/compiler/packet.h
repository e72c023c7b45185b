/* Packet access for the comparison: what Whistler's header forms look at, and no more. */
#pragma once
#include "common.h"
struct eth { u8 dst[6]; u8 src[6]; u16 type; };
struct ipv4 { u8 ver_ihl; u8 tos; u16 total_len; u16 id; u16 frag; u8 ttl; u8 protocol; u16 checksum; u32 src; u32 dst; };
struct udp { u16 src; u16 dst; u16 length; u16 checksum; };
struct tcp { u16 src; u16 dst; u32 seq; u32 ack; u8 data_off; u8 flags; u16 window; u16 checksum; u16 urgent; };
#define DATA(ctx) ((void *)(long)(ctx)->data)
#define END(ctx) ((void *)(long)(ctx)->data_end)
#define IS_IPV4(d) (((struct eth *)(d))->type == bpf_htons(0x0800))
struct ipv6 { u32 flow; u16 length; u8 next; u8 hops; u8 src[16]; u8 dst[16]; };
#define IS_IPV6(d) (((struct eth *)(d))->type == bpf_htons(0x86dd))
/* Where the header of 4 to 60 bytes says that it ends; a later fragment has no ports. */
#define IPV4_BYTES(ip) (((ip)->ver_ihl & 15) * 4)
#define HAS_PORTS(ip) (((ip)->frag & bpf_htons(0x1fff)) == 0 && IPV4_BYTES(ip) >= 20)
/* Ports that are where they mostly are: no options, and no later fragment. */
#define HAS_PORTS_AT_34(ip) (((ip)->frag & bpf_htons(0x1fff)) == 0 && IPV4_BYTES(ip) == 20)

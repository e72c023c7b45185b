package dev.whistler.testbed.bench.compiler;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The inputs of the run-time comparison: Ethernet frames with IPv4, network byte order. */
public final class Packets {
  private static final int ETHERNET_BYTES = 14;
  private static final int IPV4_BYTES = 20;
  private static final int UDP_BYTES = 8;
  private static final int TCP_BYTES = 20;
  private static final int PROTOCOL_TCP = 6;
  private static final int PROTOCOL_UDP = 17;
  private static final int SOURCE_PORT = 40000;
  private static final int PROTOCOL_AT = ETHERNET_BYTES + 9;

  /** Low byte of the fragment's offset. */
  private static final int FRAGMENT_AT = ETHERNET_BYTES + 7;

  private Packets() {}

  /** By name; the order is that of the runs. */
  public static Map<String, byte[]> all() {
    Map<String, byte[]> packets = new LinkedHashMap<>();
    packets.put("DNS query", udp(53, dnsQuery()));
    packets.put("SIP over UDP", udp(5060, new byte[200]));
    packets.put("TCP SYN", tcp(443, 0x02, 0));
    packets.put("TCP data", tcp(80, 0x18, 1446));
    packets.put("ARP", arp());
    return packets;
  }

  /** Packets whose headers are not where they mostly are, by name: both sides must see that. */
  public static Map<String, byte[]> odd() {
    Map<String, byte[]> packets = new LinkedHashMap<>();
    for (byte[] plain : List.of(udp(53, dnsQuery()), udp(5060, new byte[200]), tcp(443, 2, 60))) {
      String name = "protocol %d, %d bytes".formatted(plain[PROTOCOL_AT], plain.length);
      packets.put(name + ", with options", withOptions(plain));
      packets.put(name + ", header too short", with(plain, ETHERNET_BYTES, 0x44));
      packets.put(name + ", later fragment", with(plain, FRAGMENT_AT, 0x20));
      packets.put(name + ", first fragment", with(plain, FRAGMENT_AT - 1, 0x20));
      packets.put(name + ", options cut off", with(plain, ETHERNET_BYTES, 0x4f));
    }
    return packets;
  }

  private static byte[] with(byte[] packet, int at, int value) {
    byte[] other = packet.clone();
    other[at] = (byte) value;
    return other;
  }

  /** Four bytes of them, all "no operation" (RFC 791, section 3.1). */
  private static byte[] withOptions(byte[] plain) {
    int end = ETHERNET_BYTES + IPV4_BYTES;
    return ByteBuffer.allocate(plain.length + 4)
        .put(with(plain, ETHERNET_BYTES, 0x46), 0, end)
        .put(new byte[] {1, 1, 1, 1})
        .put(plain, end, plain.length - end)
        .array();
  }

  private static byte[] udp(int port, byte[] payload) {
    return ipv4(PROTOCOL_UDP, UDP_BYTES + payload.length)
        .putShort((short) SOURCE_PORT)
        .putShort((short) port)
        .putShort((short) (UDP_BYTES + payload.length))
        .putShort((short) 0)
        .put(payload)
        .array();
  }

  private static byte[] tcp(int port, int flags, int payload) {
    return ipv4(PROTOCOL_TCP, TCP_BYTES + payload)
        .putShort((short) SOURCE_PORT)
        .putShort((short) port)
        .putInt(1)
        .putInt(0)
        .put((byte) (TCP_BYTES / 4 << 4))
        .put((byte) flags)
        .putShort((short) 0xffff)
        .putInt(0)
        .array();
  }

  /** A query for the address of a name of 31 bytes (RFC 1035, section 4). */
  private static byte[] dnsQuery() {
    return ByteBuffer.allocate(49)
        .putShort((short) 0x1234)
        .putShort((short) 0x0100)
        .putShort((short) 1)
        .putInt(0)
        .putShort((short) 0)
        .put((byte) 11)
        .put("kube-system".getBytes(US_ASCII))
        .put((byte) 7)
        .put("default".getBytes(US_ASCII))
        .put((byte) 7)
        .put("cluster".getBytes(US_ASCII))
        .put((byte) 0)
        .putShort((short) 1)
        .putShort((short) 1)
        .array();
  }

  private static byte[] arp() {
    return ByteBuffer.allocate(64).put(new byte[12]).putShort((short) 0x0806).array();
  }

  /** Headers of a packet with room for {@code length} bytes behind them. */
  private static ByteBuffer ipv4(int protocol, int length) {
    return ByteBuffer.allocate(ETHERNET_BYTES + IPV4_BYTES + length)
        .put(new byte[] {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2})
        .putShort((short) 0x0800)
        .put((byte) 0x45)
        .put((byte) 0)
        .putShort((short) (IPV4_BYTES + length))
        .putInt(0)
        .put((byte) 64)
        .put((byte) protocol)
        .putShort((short) 0)
        .put(new byte[] {10, 0, 0, 1, 10, 0, 0, 2});
  }
}

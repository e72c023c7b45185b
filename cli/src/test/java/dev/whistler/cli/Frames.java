package dev.whistler.cli;

import java.nio.ByteBuffer;

/**
 * Ethernet frames, each with 8 last bytes of its own, and none too short for a form that looks for
 * another protocol.
 */
final class Frames {
  static final int TCP = 6;
  static final int UDP = 17;
  static final int MORE_FRAGMENTS = 0x2000;
  static final int LATER_FRAGMENT = 0x0010;

  private static final int IPV4 = 0x0800;
  private static final int IPV6 = 0x86dd;
  private static final int VLAN = 0x8100;
  private static final int SERVICE_VLAN = 0x88a8;
  private static final int HOP_BY_HOP = 0;
  private static final int FRAGMENT = 44;
  private static final int MARK_BYTES = 8;
  private static final int PAYLOAD = 32;
  private static final int TCP_BYTES = 20;
  private static final int UDP_BYTES = 8;

  private long made;

  byte[] ipv4(int protocol, int port) {
    return ipv4(protocol, port, 5, 0, PAYLOAD);
  }

  /**
   * A packet of version 4.
   *
   * @param words of 4 bytes in its header, 5 to 15
   * @param fragment the header's word of flags and offset
   * @param payload bytes behind the transport header, at least 8
   */
  byte[] ipv4(int protocol, int port, int words, int fragment, int payload) {
    ByteBuffer transport = transport(protocol, port, payload);
    ByteBuffer packet = ByteBuffer.allocate(words * 4 + transport.remaining());
    packet.put((byte) (0x40 | words)).put((byte) 0).putShort((short) packet.capacity());
    packet.putShort((short) 1).putShort((short) fragment).put((byte) 64).put((byte) protocol);
    packet.putShort((short) 0).putInt(0x0a000001).putInt(0x0a000002);
    while (packet.position() < words * 4) {
      packet.put((byte) 1); // no operation
    }
    return ethernet(IPV4, packet.put(transport));
  }

  /** As above, with the usual payload. */
  byte[] ipv4(int protocol, int port, int words, int fragment) {
    return ipv4(protocol, port, words, fragment, PAYLOAD);
  }

  byte[] ipv6(int protocol, int port) {
    return ipv6(protocol, port, PAYLOAD);
  }

  byte[] ipv6(int protocol, int port, int payload) {
    return ipv6(protocol, ByteBuffer.allocate(0), transport(protocol, port, payload));
  }

  /** With a header of options for each hop before the transport header. */
  byte[] ipv6HopByHop(int protocol, int port) {
    ByteBuffer options = ByteBuffer.allocate(8).put((byte) protocol).put((byte) 0);
    options.put((byte) 1).put((byte) 4); // padding of 4 bytes
    return ipv6(HOP_BY_HOP, options.rewind(), transport(protocol, port, PAYLOAD));
  }

  byte[] ipv6Fragment(int protocol, int port) {
    ByteBuffer fragment = ByteBuffer.allocate(8).put((byte) protocol).put(3, (byte) 1);
    return ipv6(FRAGMENT, fragment.rewind(), transport(protocol, port, PAYLOAD));
  }

  private static byte[] ipv6(int next, ByteBuffer extension, ByteBuffer transport) {
    int length = extension.remaining() + transport.remaining();
    ByteBuffer packet = ByteBuffer.allocate(40 + length).putInt(0x60000000);
    packet.putShort((short) length).put((byte) next).put((byte) 64);
    packet.put(23, (byte) 1).put(39, (byte) 2).position(40);
    return ethernet(IPV6, packet.put(extension).put(transport));
  }

  private ByteBuffer transport(int protocol, int port, int payload) {
    int header = protocol == TCP ? TCP_BYTES : UDP_BYTES;
    ByteBuffer transport = ByteBuffer.allocate(header + payload);
    transport.putShort((short) 1234).putShort((short) port);
    if (protocol == TCP) {
      transport.put(12, (byte) 0x50).put(13, (byte) 2);
    } else {
      transport.putShort((short) transport.capacity());
    }
    return transport.putLong(header + payload - MARK_BYTES, ++made).rewind();
  }

  private static byte[] ethernet(int type, ByteBuffer packet) {
    ByteBuffer frame = ByteBuffer.allocate(14 + packet.capacity());
    frame.putInt(0x02020202).putShort((short) 0x0202).putInt(0x02000000).putShort((short) 1);
    return frame.putShort((short) type).put(packet.rewind()).array();
  }

  /** The frame with a tag of 802.1Q in its data. */
  static byte[] tagged(byte[] frame) {
    return tagged(frame, VLAN);
  }

  /** The frame with two tags, the outer one of 802.1ad. */
  static byte[] taggedTwice(byte[] frame) {
    return tagged(tagged(frame), SERVICE_VLAN);
  }

  private static byte[] tagged(byte[] frame, int type) {
    ByteBuffer tagged = ByteBuffer.allocate(frame.length + 4).put(frame, 0, 12);
    tagged.putShort((short) type).putShort((short) 7);
    return tagged.put(frame, 12, frame.length - 12).array();
  }

  /** The frame for which {@link ExamplePacketsTest}'s tagging program asks the kernel for a tag. */
  static byte[] toBeTagged(byte[] frame) {
    byte[] other = frame.clone();
    other[5] = 9;
    return other;
  }
}

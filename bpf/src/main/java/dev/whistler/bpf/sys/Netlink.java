package dev.whistler.bpf.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request over a routing netlink socket, and the kernel's answer to it (netlink(7),
 * rtnetlink(7)). The socket belongs to the calling thread's network namespace.
 */
public final class Netlink {
  /** Attributes of a message, each a type with bytes or further attributes. */
  public static final class Attributes {
    private byte[] bytes = new byte[0];

    /** By where their numbers go, which are put in for the time of the request. */
    private final Map<Integer, Fd> descriptors = new HashMap<>();

    /** Adds bytes. */
    public Attributes add(int type, byte[] value) {
      int length = ATTRIBUTE_HEADER_BYTES + value.length;
      Structure attribute = new Structure(new byte[align(length)]);
      attribute.putShort(0, length).putShort(2, type);
      System.arraycopy(value, 0, attribute.bytes(), ATTRIBUTE_HEADER_BYTES, value.length);
      byte[] joined = Arrays.copyOf(bytes, bytes.length + attribute.bytes().length);
      System.arraycopy(attribute.bytes(), 0, joined, bytes.length, attribute.bytes().length);
      bytes = joined;
      return this;
    }

    /** Adds a 32-bit number. */
    public Attributes add(int type, int value) {
      return add(type, new Structure(new byte[4]).putInt(0, value).bytes());
    }

    /** Adds zero-terminated text. */
    public Attributes add(int type, String value) {
      return add(type, (value + "\0").getBytes(StandardCharsets.UTF_8));
    }

    /** Adds a descriptor, which the caller goes on owning. */
    public Attributes add(int type, Fd descriptor) {
      descriptors.put(bytes.length + ATTRIBUTE_HEADER_BYTES, descriptor);
      return add(type, 0);
    }

    /** Adds attributes inside. */
    public Attributes add(int type, Attributes inner) {
      int at = bytes.length + ATTRIBUTE_HEADER_BYTES;
      inner.descriptors.forEach((offset, fd) -> descriptors.put(at + offset, fd));
      return add(type, inner.bytes);
    }
  }

  /** NLM_F_CREATE. */
  public static final int CREATE = 0x400;

  /** NLM_F_EXCL. */
  public static final int EXCLUSIVE = 0x200;

  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
  private static final int NETLINK_ROUTE = 0;
  private static final int NLM_F_REQUEST_ACK = 1 | 4;
  private static final int NLM_F_REQUEST_DUMP = 1 | 0x300;
  private static final int NLMSG_ERROR = 2;
  private static final int NLMSG_DONE = 3;
  private static final int TYPE_MASK = 0x3fff; // NLA_TYPE_MASK
  private static final int DUMP_BYTES = 64 << 10;
  private static final int MAX_MESSAGES = 1 << 16;
  private static final int HEADER_BYTES = 16;
  private static final int ATTRIBUTE_HEADER_BYTES = 4;
  private static final int ANSWER_BYTES = 4096;

  private Netlink() {}

  /**
   * Sends a request and waits for its acknowledgement.
   *
   * @param type RTM_*
   * @param flags {@link #CREATE}, {@link #EXCLUSIVE}
   * @param body the structure that goes with the type
   * @throws SystemCallException with the kernel's error
   */
  public static void request(
      int type, int flags, byte[] body, Attributes attributes, String action) {
    int length = HEADER_BYTES + align(body.length) + attributes.bytes.length;
    Structure message = new Structure(new byte[length]);
    message.putInt(0, length).putShort(4, type).putShort(6, flags | NLM_F_REQUEST_ACK).putInt(8, 1);
    System.arraycopy(body, 0, message.bytes(), HEADER_BYTES, body.length);
    int begin = HEADER_BYTES + align(body.length);
    System.arraycopy(attributes.bytes, 0, message.bytes(), begin, attributes.bytes.length);
    List<Fd> uses = new ArrayList<>();
    try {
      attributes.descriptors.forEach(
          (offset, fd) -> {
            message.putInt(begin + offset, fd.acquire());
            uses.add(fd);
          });
      send(message.bytes(), action);
    } finally {
      uses.forEach(Fd::release);
    }
  }

  private static void send(byte[] message, String action) {
    try (Fd socket = new Fd(LibC.socket(action, AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_ROUTE));
        Arena arena = Arena.ofConfined()) {
      MemorySegment sent = arena.allocateFrom(JAVA_BYTE, message);
      socket.call(number -> LibC.write(action, number, sent));
      MemorySegment buffer = arena.allocate(ANSWER_BYTES, 8);
      long read = socket.call(number -> LibC.read(action, number, buffer));
      Structure answer = new Structure(buffer.asSlice(0, read).toArray(JAVA_BYTE));
      if (read < HEADER_BYTES + 4 || answer.getShort(4) != NLMSG_ERROR) {
        throw new BpfException(action + ": the kernel's answer is no acknowledgement");
      }
      int errno = -answer.getInt(HEADER_BYTES);
      if (errno != 0) {
        throw new SystemCallException(action, errno);
      }
    }
  }

  private static int align(int bytes) {
    return (bytes + 3) & ~3;
  }

  /**
   * One message of an answer.
   *
   * @param payload what follows its header
   */
  @SuppressWarnings("ArrayRecordComponent") // read and never compared
  public record Message(int type, byte[] payload) {
    /** The structure that goes with the type; zeros where the message is shorter. */
    public byte[] body(int bytes) {
      return Arrays.copyOf(payload, bytes);
    }

    /** The attributes behind a structure of so many bytes. */
    public Map<Integer, byte[]> attributes(int bodyBytes) {
      return payload.length <= align(bodyBytes)
          ? Map.of()
          : Netlink.attributes(Arrays.copyOfRange(payload, align(bodyBytes), payload.length));
    }
  }

  /** Attributes by type; what does not fit is left out. */
  public static Map<Integer, byte[]> attributes(byte[] bytes) {
    Structure all = new Structure(bytes);
    Map<Integer, byte[]> attributes = new HashMap<>();
    for (int at = 0; at + ATTRIBUTE_HEADER_BYTES <= bytes.length; ) {
      int length = all.getShort(at) & 0xffff;
      if (length < ATTRIBUTE_HEADER_BYTES || at + length > bytes.length) {
        break;
      }
      attributes.put(
          all.getShort(at + 2) & TYPE_MASK,
          Arrays.copyOfRange(bytes, at + ATTRIBUTE_HEADER_BYTES, at + length));
      at += align(length);
    }
    return attributes;
  }

  /** Zero-terminated text; empty if there is none. */
  public static String text(byte @Nullable [] value) {
    if (value == null) {
      return "";
    }
    int end = 0;
    while (end < value.length && value[end] != 0) {
      end++;
    }
    return new String(value, 0, end, StandardCharsets.UTF_8);
  }

  /**
   * Asks for all objects of a kind.
   *
   * @param type RTM_GET*
   * @param body the structure that goes with the type
   * @throws SystemCallException with the kernel's error
   */
  public static List<Message> dump(int type, byte[] body, String action) {
    int length = HEADER_BYTES + align(body.length);
    Structure request = new Structure(new byte[length]);
    request.putInt(0, length).putShort(4, type).putShort(6, NLM_F_REQUEST_DUMP).putInt(8, 1);
    System.arraycopy(body, 0, request.bytes(), HEADER_BYTES, body.length);
    List<Message> messages = new ArrayList<>();
    try (Fd socket = new Fd(LibC.socket(action, AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_ROUTE));
        Arena arena = Arena.ofConfined()) {
      MemorySegment sent = arena.allocateFrom(JAVA_BYTE, request.bytes());
      socket.call(number -> LibC.write(action, number, sent));
      MemorySegment buffer = arena.allocate(DUMP_BYTES, 8);
      while (messages.size() < MAX_MESSAGES) {
        long read = socket.call(number -> LibC.read(action, number, buffer));
        if (addMessages(buffer.asSlice(0, read).toArray(JAVA_BYTE), messages, action)) {
          return messages;
        }
      }
    }
    throw new BpfException(action + ": the kernel's answer has no end");
  }

  /** Whether the answer ends with these bytes. */
  private static boolean addMessages(byte[] bytes, List<Message> messages, String action) {
    Structure all = new Structure(bytes);
    for (int at = 0; at + HEADER_BYTES <= bytes.length; ) {
      int length = all.getInt(at);
      if (length < HEADER_BYTES || length > bytes.length - at) {
        throw new BpfException(action + ": the kernel's answer is cut off");
      }
      int type = all.getShort(at + 4) & 0xffff;
      if (type == NLMSG_DONE) {
        return true;
      }
      if (type == NLMSG_ERROR) {
        throw new SystemCallException(action, -all.getInt(at + HEADER_BYTES));
      }
      messages.add(new Message(type, Arrays.copyOfRange(bytes, at + HEADER_BYTES, at + length)));
      at += align(length);
    }
    return bytes.length == 0;
  }
}

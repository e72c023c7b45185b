package dev.whistler.bpf.link;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A socket by the calls of the C library, for tests of programs that see these: Java's sockets use
 * some of them only, and keep their descriptors to themselves.
 */
final class NativeSocket implements AutoCloseable {
  static final int STREAM = 1;
  static final int DATAGRAM = 2;

  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVBUF = 8;
  private static final int SO_RCVTIMEO = 20;
  private static final int SECONDS = 5;
  private static final int LONGEST_ADDRESS = 110;

  private final int descriptor;

  /** What an address is written as. */
  enum Family {
    UNIX(1),
    INET4(2),
    INET6(10);

    private final int number;

    Family(int number) {
      this.number = number;
    }
  }

  NativeSocket(Family family, int type) {
    descriptor = (int) call("socket", family.number, type, 0);
    // Nothing that a test waits for takes longer.
    byte[] timeout = bytes(16).putLong(SECONDS).array();
    call("setsockopt", descriptor, SOL_SOCKET, SO_RCVTIMEO, timeout, timeout.length);
  }

  int descriptor() {
    return descriptor;
  }

  /** The loopback address with a port. */
  static byte[] loopback(Family family, int port) {
    ByteBuffer address =
        bytes(family == Family.INET4 ? 16 : 28)
            .putShort((short) family.number)
            .putShort(Short.reverseBytes((short) port));
    byte[] bytes = address.array();
    if (family == Family.INET4) {
      bytes[4] = 127;
      bytes[7] = 1;
    } else {
      bytes[23] = 1;
    }
    return bytes;
  }

  /** The address of a socket in the file system. */
  static byte[] path(Path path) {
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    return bytes(name.length + 3).putShort((short) Family.UNIX.number).put(name).array();
  }

  void bind(byte[] address) {
    call("bind", descriptor, address, address.length);
  }

  void connect(byte[] address) {
    call("connect", descriptor, address, address.length);
  }

  void listen() {
    call("listen", descriptor, 1);
  }

  void send(byte[] data) {
    call("send", descriptor, data, (long) data.length, 0);
  }

  void sendTo(byte[] data, byte[] address) {
    call("sendto", descriptor, data, (long) data.length, 0, address, address.length);
  }

  /** Receives up to so many bytes, and asks who sent them. */
  byte[] receive(int length) {
    byte[] data = new byte[length];
    byte[] address = new byte[LONGEST_ADDRESS];
    byte[] size = bytes(4).putInt(address.length).array();
    long received = call("recvfrom", descriptor, data, (long) length, 0, address, size);
    return Arrays.copyOf(data, (int) received);
  }

  /** The socket's own address. */
  byte[] name() {
    return address("getsockname");
  }

  void peer() {
    address("getpeername");
  }

  private byte[] address(String function) {
    byte[] address = new byte[LONGEST_ADDRESS];
    byte[] size = bytes(4).putInt(address.length).array();
    call(function, descriptor, address, size);
    return Arrays.copyOf(address, ByteBuffer.wrap(size).order(ByteOrder.nativeOrder()).getInt());
  }

  /** Sets an option to what it is. */
  void readAndWriteAnOption() {
    byte[] value = new byte[4];
    byte[] size = bytes(4).putInt(value.length).array();
    call("getsockopt", descriptor, SOL_SOCKET, SO_RCVBUF, value, size);
    call("setsockopt", descriptor, SOL_SOCKET, SO_RCVBUF, value, value.length);
  }

  @Override
  public void close() {
    call("close", descriptor);
  }

  private static ByteBuffer bytes(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
  }

  /** Calls a function of the C library; arrays are given as pointers and filled again. */
  private static long call(String function, Object... arguments) {
    MemoryLayout[] layouts = new MemoryLayout[arguments.length];
    Object[] values = new Object[arguments.length];
    try (Arena arena = Arena.ofConfined()) {
      for (int i = 0; i < arguments.length; i++) {
        values[i] = arguments[i];
        switch (arguments[i]) {
          case byte[] bytes -> {
            layouts[i] = ValueLayout.ADDRESS;
            values[i] = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
          }
          case Long _ -> layouts[i] = ValueLayout.JAVA_LONG;
          default -> layouts[i] = ValueLayout.JAVA_INT;
        }
      }
      Linker linker = Linker.nativeLinker();
      long result =
          (long)
              linker
                  .downcallHandle(
                      linker.defaultLookup().findOrThrow(function),
                      FunctionDescriptor.of(ValueLayout.JAVA_LONG, layouts))
                  .invokeWithArguments(values);
      // Functions of type int leave the upper half of the register as it was.
      if ((int) result < 0) {
        throw new IllegalStateException(function + " failed");
      }
      for (int i = 0; i < arguments.length; i++) {
        if (arguments[i] instanceof byte[] bytes) {
          MemorySegment.copy(
              (MemorySegment) values[i], ValueLayout.JAVA_BYTE, 0, bytes, 0, bytes.length);
        }
      }
      return (int) result;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable t) {
      throw new IllegalStateException(t);
    }
  }
}

package dev.whistler.bpf.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Sockets of UDP as arrays of sockets take them: others may bind to the same port. */
public final class SharedPort {
  private static final int AF_INET = 2;
  private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_REUSEPORT = 15; // include/uapi/asm-generic/socket.h
  private static final int ADDRESS_BYTES = 16;
  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  private SharedPort() {}

  /** A new one at any port of 127.0.0.1. */
  public static Fd open() {
    String action = "open a socket";
    Fd socket = new Fd(LibC.socket(action, AF_INET, SOCK_DGRAM_CLOEXEC, 0));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment on = arena.allocateFrom(JAVA_INT, 1);
      MemorySegment address = arena.allocate(ADDRESS_BYTES, 4);
      address.set(JAVA_SHORT, 0, (short) AF_INET);
      address.asSlice(4).copyFrom(MemorySegment.ofArray(LOOPBACK));
      var _ =
          socket.call(number -> LibC.setSocketOption(action, number, SOL_SOCKET, SO_REUSEPORT, on));
      var _ = socket.call(number -> LibC.bind(action, number, address));
      return socket;
    } catch (RuntimeException e) {
      socket.close();
      throw e;
    }
  }
}

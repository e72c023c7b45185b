package dev.whistler.bpf.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalInt;

/**
 * Network devices of this thread's network namespace, those without an address among them: {@link
 * java.net.NetworkInterface} knows none of those, and the devices of containers are such.
 */
public final class NetworkDevice {
  private static final int AF_INET = 2;
  private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
  private static final int SIOCGIFINDEX = 0x8933; // include/uapi/linux/sockios.h
  private static final int NAME_BYTES = 16;
  private static final int IFREQ_BYTES = 40;

  private NetworkDevice() {}

  /**
   * The index of a device.
   *
   * @param name at most 15 bytes
   * @return empty if there is no such device
   */
  public static OptionalInt index(String name) {
    String action = "look for network interface " + name;
    try (Arena arena = Arena.ofConfined();
        Fd socket = new Fd(LibC.socket(action, AF_INET, SOCK_DGRAM_CLOEXEC, 0))) {
      MemorySegment text = arena.allocateFrom(name);
      if (text.byteSize() > NAME_BYTES) {
        return OptionalInt.empty();
      }
      MemorySegment request = arena.allocate(IFREQ_BYTES, 8).copyFrom(text);
      socket.call(number -> LibC.ioctl(action, number, SIOCGIFINDEX, request.address()));
      return OptionalInt.of(request.get(JAVA_INT, NAME_BYTES));
    } catch (SystemCallException e) {
      if (e.errno() == Errno.ENODEV) {
        return OptionalInt.empty();
      }
      throw e;
    }
  }
}

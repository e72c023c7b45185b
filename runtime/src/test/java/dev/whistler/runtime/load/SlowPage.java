package dev.whistler.runtime.load;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/** A page of this process that whoever reads it waits for until told: userfaultfd(2). */
final class SlowPage implements AutoCloseable {
  private static final int USERFAULTFD = 323; // x86-64
  private static final int CLOEXEC = 0x80000;
  private static final long UFFD_API = 0xaa;

  // include/uapi/linux/userfaultfd.h
  private static final long UFFDIO_API = 0xc018aa3fL;
  private static final long UFFDIO_REGISTER = 0xc020aa00L;
  private static final long UFFDIO_ZEROPAGE = 0xc020aa04L;
  private static final long REGISTER_MODE_MISSING = 1;
  private static final long PAGE = 4096;

  private final long address;
  private final int fd;

  SlowPage() {
    address = call("mmap", 0, PAGE, 3, 0x22, -1, 0);
    fd = (int) call("syscall", USERFAULTFD, CLOEXEC, 0, 0, 0, 0);
    if (fd < 0) {
      throw new IllegalStateException("no userfaultfd");
    }
    control(UFFDIO_API, UFFD_API, 0, 0);
    control(UFFDIO_REGISTER, address, PAGE, REGISTER_MODE_MISSING);
  }

  /** Where it is; reading from Java would wait as well. */
  long address() {
    return address;
  }

  /** Gives the page to all who wait. */
  void release() {
    control(UFFDIO_ZEROPAGE, address, PAGE, 0);
  }

  /** Calls atoi(3) with it, which a probe sees before it reads. */
  void read() {
    call("atoi", address, 0, 0, 0, 0, 0);
  }

  private void control(long request, long... words) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment argument = arena.allocate(64, 8);
      for (int i = 0; i < words.length; i++) {
        argument.setAtIndex(JAVA_LONG, i, words[i]);
      }
      if ((int) call("ioctl", fd, request, argument.address(), 0, 0, 0) != 0) {
        throw new IllegalStateException("userfaultfd refuses request " + request);
      }
    }
  }

  private static long call(String function, long... arguments) {
    MemoryLayout[] types = new MemoryLayout[arguments.length];
    Arrays.fill(types, JAVA_LONG);
    MethodHandle handle =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow(function),
                FunctionDescriptor.of(JAVA_LONG, types));
    try {
      return (long)
          handle.invokeExact(
              arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
    } catch (Throwable t) {
      throw new IllegalStateException(t);
    }
  }

  /** Whoever still waits is let go, and may go on to read the page, which stays. */
  @Override
  public void close() {
    call("close", fd, 0, 0, 0, 0, 0);
  }
}

package dev.whistler.bpf.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The native functions. Each returns the function's result, or throws {@link SystemCallException}
 * with the errno captured in the call itself (another thread or the JVM cannot change it between).
 */
final class LibC {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO_VALUE =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int EINTR = 4;

  private static final ThreadLocal<MemorySegment> CALL_STATE =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

  private LibC() {}

  /** bpf(2); the result is a descriptor, a count or 0. Retries nothing. */
  static int bpf(int command, MemorySegment attributes, String action) {
    fail(action);
    int result = bpfOrErrno(command, attributes);
    if (result < 0) {
      throw new SystemCallException(action, -result);
    }
    return result;
  }

  /**
   * bpf(2) where failure is an answer: the result, or the error number negated.
   *
   * @throws UnsupportedException if the kernel is built without it
   */
  static int bpfOrErrno(int command, MemorySegment attributes) {
    MemorySegment state = CALL_STATE.get();
    long result;
    try {
      result =
          (long)
              Bpf.CALL.invokeExact(
                  state,
                  (long) Architecture.CURRENT.bpfCall,
                  command,
                  attributes,
                  (int) attributes.byteSize());
    } catch (Throwable t) {
      throw unexpected(t);
    }
    if (result >= 0) {
      return (int) result;
    }
    int errno = errno(state);
    // No command of bpf(2) answers so: this is the answer of a kernel that has none of them.
    if (errno == Errno.ENOSYS.number()) {
      throw new UnsupportedException(
          "this kernel has no BPF: use one that is built with CONFIG_BPF_SYSCALL");
    }
    return -errno;
  }

  /** A system call by number with up to five integer or address arguments. */
  static long call(String action, int number, long a, long b, long c, long d, long e) {
    fail(action);
    MemorySegment state = CALL_STATE.get();
    try {
      return check(
          action,
          (long) FiveArguments.CALL.invokeExact(state, (long) number, a, b, c, d, e),
          state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int ioctl(String action, int fd, long request, long argument) {
    fail(action);
    MemorySegment state = CALL_STATE.get();
    try {
      return check(action, (int) Ioctl.CALL.invokeExact(state, fd, request, argument), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int open(String path, int flags) {
    String action = "open " + path;
    fail(action);
    MemorySegment state = CALL_STATE.get();
    try (Arena arena = Arena.ofConfined()) {
      return check(
          action, (int) Open.CALL.invokeExact(state, arena.allocateFrom(path), flags), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** Closes; EINTR and EIO leave the descriptor closed on Linux, so no error is reported. */
  static void close(int fd) {
    MemorySegment state = CALL_STATE.get();
    try {
      int ignored = (int) Close.CALL.invokeExact(state, fd);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int duplicate(int fd) {
    fail("duplicate a file descriptor");
    MemorySegment state = CALL_STATE.get();
    try {
      return check(
          "duplicate a file descriptor",
          (int) Duplicate.CALL.invokeExact(state, fd, F_DUPFD_CLOEXEC, 0),
          state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** mmap(2), shared, from the given offset; the segment has the given size and no scope. */
  static MemorySegment mmap(
      String action, long bytes, int protection, int flags, int fd, long offset) {
    fail(action);
    MemorySegment state = CALL_STATE.get();
    try {
      MemorySegment address =
          (MemorySegment)
              Map.CALL.invokeExact(state, MemorySegment.NULL, bytes, protection, flags, fd, offset);
      if (address.address() == -1) {
        throw new SystemCallException(action, errno(state));
      }
      return address;
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static void clockGetTime(int clock, MemorySegment time) {
    MemorySegment state = CALL_STATE.get();
    try {
      check("clock_gettime", (int) ClockGetTime.CALL.invokeExact(state, clock, time), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static void munmap(MemorySegment address, long bytes) {
    MemorySegment state = CALL_STATE.get();
    try {
      check("munmap", (int) Unmap.CALL.invokeExact(state, address, bytes), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int epollCreate(int flags) {
    fail("epoll_create1");
    MemorySegment state = CALL_STATE.get();
    try {
      return check("epoll_create1", (int) EpollCreate.CALL.invokeExact(state, flags), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int epollControl(int epoll, int operation, int fd, MemorySegment event) {
    fail("epoll_ctl");
    MemorySegment state = CALL_STATE.get();
    try {
      return check(
          "epoll_ctl",
          (int) EpollControl.CALL.invokeExact(state, epoll, operation, fd, event),
          state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** epoll_wait(2); 0 on a time-out and also when a signal interrupted the wait. */
  static int epollWait(int epoll, MemorySegment events, int maximum, int timeoutMillis) {
    MemorySegment state = CALL_STATE.get();
    try {
      int ready = (int) EpollWait.CALL.invokeExact(state, epoll, events, maximum, timeoutMillis);
      return ready < 0 && errno(state) == EINTR ? 0 : check("epoll_wait", ready, state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int eventFd(int initial, int flags) {
    fail("eventfd");
    MemorySegment state = CALL_STATE.get();
    try {
      return check("eventfd", (int) EventDescriptor.CALL.invokeExact(state, initial, flags), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static long read(String action, int fd, MemorySegment buffer) {
    fail(action);
    MemorySegment state = CALL_STATE.get();
    try {
      return check(
          action, (long) Read.CALL.invokeExact(state, fd, buffer, buffer.byteSize()), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static long write(String action, int fd, MemorySegment buffer) {
    fail(action);
    MemorySegment state = CALL_STATE.get();
    try {
      return check(
          action, (long) Write.CALL.invokeExact(state, fd, buffer, buffer.byteSize()), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int socket(String action, int family, int type, int protocol) {
    fail(action);
    MemorySegment state = CALL_STATE.get();
    try {
      return check(action, (int) Socket.CALL.invokeExact(state, family, type, protocol), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int setSocketOption(String action, int fd, int level, int option, MemorySegment value) {
    fail(action);
    MemorySegment state = CALL_STATE.get();
    try {
      return check(
          action,
          (int)
              SocketOption.CALL.invokeExact(
                  state, fd, level, option, value, (int) value.byteSize()),
          state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int bind(String action, int fd, MemorySegment address) {
    fail(action);
    MemorySegment state = CALL_STATE.get();
    try {
      return check(
          action, (int) Bind.CALL.invokeExact(state, fd, address, (int) address.byteSize()), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static void statfs(MemorySegment path, MemorySegment result, String shown) {
    String action = "look at the file system of " + shown;
    fail(action);
    MemorySegment state = CALL_STATE.get();
    try {
      check(action, (int) FileSystem.CALL.invokeExact(state, path, result), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static long systemConfiguration(int name) {
    MemorySegment state = CALL_STATE.get();
    try {
      return check("sysconf", (long) SystemConfiguration.CALL.invokeExact(state, name), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static void fail(String action) {
    int errno = Faults.next(action);
    if (errno != 0) {
      throw new SystemCallException(action, errno);
    }
  }

  private static int check(String action, int result, MemorySegment state) {
    if (result < 0) {
      throw new SystemCallException(action, errno(state));
    }
    return result;
  }

  private static long check(String action, long result, MemorySegment state) {
    if (result < 0) {
      throw new SystemCallException(action, errno(state));
    }
    return result;
  }

  private static int errno(MemorySegment state) {
    return (int) ERRNO_VALUE.get(state, 0L);
  }

  /** Method handles declare Throwable; what they throw here is unchecked. */
  private static RuntimeException unexpected(Throwable t) {
    return switch (t) {
      case RuntimeException e -> e;
      case Error e -> throw e;
      default -> new IllegalStateException(t);
    };
  }

  private static MethodHandle function(String name, MemoryLayout result, MemoryLayout... args) {
    return link(name, FunctionDescriptor.of(result, args), ERRNO);
  }

  private static MethodHandle variadic(
      String name, int firstVariadic, MemoryLayout result, MemoryLayout... args) {
    return link(
        name,
        FunctionDescriptor.of(result, args),
        ERRNO,
        Linker.Option.firstVariadicArg(firstVariadic));
  }

  private static MethodHandle link(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    MemorySegment symbol =
        LINKER
            .defaultLookup()
            .find(name)
            .orElseThrow(() -> new UnsupportedException("the C library has no function " + name));
    return LINKER.downcallHandle(symbol, descriptor, options);
  }

  // A class a function, so that it is linked by its first call: linking costs some 10 ms in a new
  // process, and a short one calls few. syscall(2) is variadic after its number, ioctl(2), open(2)
  // and fcntl(2) after two arguments.

  private static final class Bpf {
    static final MethodHandle CALL =
        variadic("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
  }

  private static final class FiveArguments {
    static final MethodHandle CALL =
        variadic(
            "syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
            JAVA_LONG);
  }

  private static final class Ioctl {
    static final MethodHandle CALL = variadic("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  }

  private static final class Open {
    static final MethodHandle CALL = variadic("open", 2, JAVA_INT, ADDRESS, JAVA_INT);
  }

  private static final class Close {
    static final MethodHandle CALL = function("close", JAVA_INT, JAVA_INT);
  }

  private static final class Duplicate {
    static final MethodHandle CALL = variadic("fcntl", 2, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
  }

  private static final class Map {
    static final MethodHandle CALL =
        function("mmap", ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
  }

  private static final class Unmap {
    static final MethodHandle CALL = function("munmap", JAVA_INT, ADDRESS, JAVA_LONG);
  }

  private static final class EpollCreate {
    static final MethodHandle CALL = function("epoll_create1", JAVA_INT, JAVA_INT);
  }

  private static final class EpollControl {
    static final MethodHandle CALL =
        function("epoll_ctl", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
  }

  private static final class EpollWait {
    static final MethodHandle CALL =
        function("epoll_wait", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  }

  private static final class EventDescriptor {
    static final MethodHandle CALL = function("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
  }

  private static final class Read {
    static final MethodHandle CALL = function("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  }

  private static final class Write {
    static final MethodHandle CALL = function("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  }

  private static final class Socket {
    static final MethodHandle CALL = function("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
  }

  private static final class SocketOption {
    static final MethodHandle CALL =
        function("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  }

  private static final class Bind {
    static final MethodHandle CALL = function("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  }

  private static final class ClockGetTime {
    static final MethodHandle CALL = function("clock_gettime", JAVA_INT, JAVA_INT, ADDRESS);
  }

  private static final class SystemConfiguration {
    static final MethodHandle CALL = function("sysconf", JAVA_LONG, JAVA_INT);
  }

  private static final class FileSystem {
    static final MethodHandle CALL = function("statfs", JAVA_INT, ADDRESS, ADDRESS);
  }
}

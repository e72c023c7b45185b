package dev.whistler.bpf.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;

/** A counter that makes a waiting {@link Epoll} return: eventfd(2). */
public final class EventFd implements AutoCloseable {
  private static final int EFD_CLOEXEC = 0x80000;
  private static final int EFD_NONBLOCK = 0x800;

  private final Fd fd = new Fd(LibC.eventFd(0, EFD_CLOEXEC | EFD_NONBLOCK));

  /** The descriptor to watch. */
  public Fd fd() {
    return fd;
  }

  /** Makes the descriptor readable; does nothing when it is closed, since nobody waits then. */
  public void signal() {
    fd.callIfOpen(
        number -> {
          try (Arena arena = Arena.ofConfined()) {
            LibC.write("signal an eventfd", number, arena.allocateFrom(JAVA_LONG, 1L));
          }
        });
  }

  /** Makes the descriptor unreadable again; does nothing if it is. */
  public void reset() {
    try (Arena arena = Arena.ofConfined()) {
      fd.call(number -> LibC.read("reset an eventfd", number, arena.allocate(8, 8)));
    } catch (SystemCallException e) {
      if (e.errno() != Errno.EAGAIN) {
        throw e;
      }
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}

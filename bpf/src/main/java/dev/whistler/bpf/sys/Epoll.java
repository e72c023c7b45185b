package dev.whistler.bpf.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * Waits until one of several descriptors is readable. A wait blocks its carrier, so it belongs on a
 * platform thread. Not for use by several threads at once.
 */
public final class Epoll implements AutoCloseable {
  private static final int EPOLL_CLOEXEC = 0x80000;
  private static final int EPOLL_CTL_ADD = 1;
  private static final int EPOLLIN = 1;
  private static final int EVENT_BYTES = Architecture.CURRENT.epollEventBytes;
  private static final int DATA_OFFSET = EVENT_BYTES - 8;

  private final Fd fd = new Fd(LibC.epollCreate(EPOLL_CLOEXEC));
  private final Arena arena = Arena.ofShared();
  private final MemorySegment events;
  private final int room;

  /**
   * @param room how many ready descriptors one wait can report
   */
  public Epoll(int room) {
    this.room = room;
    this.events = arena.allocate((long) EVENT_BYTES * room, 8);
  }

  /**
   * Watches a descriptor.
   *
   * @param tag reported by {@link #tag(int)} when it is readable
   */
  public void add(Fd watched, int tag) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment event = call.allocate(EVENT_BYTES, 8);
      event.set(JAVA_INT, 0, EPOLLIN);
      event.set(JAVA_INT_UNALIGNED, DATA_OFFSET, tag);
      fd.call(
          epoll -> watched.call(number -> LibC.epollControl(epoll, EPOLL_CTL_ADD, number, event)));
    }
  }

  /**
   * Waits.
   *
   * @param timeout at most this long, rounded up to milliseconds; zero does not wait
   * @return how many descriptors are ready; 0 after the time, or when a signal came
   */
  public int await(Duration timeout) {
    int millis = millis(timeout);
    return fd.call(number -> LibC.epollWait(number, events, room, millis));
  }

  /** Rounded up; 25 days, which is as long as one can wait, for all that is longer. */
  static int millis(Duration timeout) {
    if (timeout.isNegative()) {
      return 0;
    }
    if (timeout.getSeconds() >= Integer.MAX_VALUE / 1000) {
      return Integer.MAX_VALUE;
    }
    return (int) ((timeout.toNanos() + 999_999) / 1_000_000);
  }

  /** The tag of a ready descriptor, numbered from 0. */
  public int tag(int ready) {
    return events.get(JAVA_INT_UNALIGNED, (long) ready * EVENT_BYTES + DATA_OFFSET);
  }

  @Override
  public void close() {
    if (fd.isOpen()) {
      fd.close();
      arena.close();
    }
  }
}

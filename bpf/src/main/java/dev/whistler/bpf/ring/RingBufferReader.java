package dev.whistler.bpf.ring;

import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.sys.Epoll;
import dev.whistler.bpf.sys.EventFd;
import dev.whistler.bpf.sys.SystemCallException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Reads the records of one or several ring buffers, in order within each. A ring has one reader at
 * a time; where it stands is kept in the ring itself, so the next reader, in whatever process, goes
 * on there.
 *
 * <p>One thread reads, a platform thread where it waits ({@link #poll}); any thread may {@link
 * #wake()} or {@link #close()}, which makes a waiting read return.
 */
public final class RingBufferReader implements AutoCloseable {
  private static final int WAKE_TAG = -1;

  private final List<Ring> rings = new ArrayList<>();
  private final RingRecord view = new RingRecord();
  private final ReentrantLock reading = new ReentrantLock();
  private final Epoll epoll;
  private final EventFd wake;
  private volatile boolean closed;
  private boolean released;

  /** Takes records one by one. */
  @FunctionalInterface
  public interface Handler {
    /** Handles a record, which is gone afterwards. If it throws, the record stays in the ring. */
    void record(RingRecord record);
  }

  private RingBufferReader(List<BpfMap> maps, boolean retaining) {
    epoll = new Epoll(maps.size() + 1);
    EventFd event = null;
    try {
      event = new EventFd();
      epoll.add(event.fd(), WAKE_TAG);
      for (BpfMap map : maps) {
        Ring ring = new Ring(rings.size(), map, retaining);
        rings.add(ring);
        epoll.add(ring.fd(), rings.size() - 1);
      }
      wake = event;
    } catch (RuntimeException e) {
      rings.forEach(Ring::close);
      if (event != null) {
        event.close();
      }
      epoll.close();
      throw e;
    }
  }

  /**
   * Opens ring buffers, numbered in the given order.
   *
   * @throws SystemCallException if memory or descriptors are short
   */
  public static RingBufferReader open(BpfMap... maps) {
    return new RingBufferReader(List.of(maps), false);
  }

  /** Opens ring buffers, numbered in the given order. */
  public static RingBufferReader open(List<BpfMap> maps) {
    return new RingBufferReader(maps, false);
  }

  /**
   * Opens ring buffers so that records handed on stay in the ring until {@link #release}: a reader
   * that takes over after a crash finds them again. While a ring holds such records, {@link #poll}
   * does not wait, and the kernel does not announce new ones.
   */
  public static RingBufferReader retaining(List<BpfMap> maps) {
    return new RingBufferReader(maps, true);
  }

  /**
   * Waits until a ring has records, and hands on what is there.
   *
   * @param timeout at most this long; afterwards also records that were submitted without a wake-up
   *     (BPF_RB_NO_WAKEUP) are handed on
   * @return how many records were handed on; 0 after the time, a wake-up, or when closed
   */
  public int poll(Handler handler, Duration timeout) {
    return poll(handler, timeout, Integer.MAX_VALUE);
  }

  /**
   * The same, with at most so many records of each ring; the others are there for the next call,
   * which does not wait.
   *
   * @param maximum records per ring
   */
  public int poll(Handler handler, Duration timeout, int maximum) {
    reading.lock();
    try {
      if (closed) {
        return 0;
      }
      int ready = epoll.await(timeout);
      for (int i = 0; i < ready; i++) {
        if (epoll.tag(i) == WAKE_TAG) {
          wake.reset();
        }
      }
      return consume(handler, maximum);
    } finally {
      releaseIfClosed();
      reading.unlock();
    }
  }

  /**
   * Hands on what is there without waiting.
   *
   * @param maximum records per ring
   * @return how many records were handed on
   */
  public int consume(Handler handler, int maximum) {
    reading.lock();
    try {
      int count = 0;
      for (int i = 0; i < rings.size() && !closed; i++) {
        count += rings.get(i).consume(view, handler, maximum);
      }
      return count;
    } finally {
      releaseIfClosed();
      reading.unlock();
    }
  }

  /**
   * Goes on where the rings say that the last reader stopped: after another reader has ended that
   * read the same rings since this one was opened.
   */
  public void resume() {
    reading.lock();
    try {
      if (!closed) {
        rings.forEach(Ring::resume);
      }
    } finally {
      releaseIfClosed();
      reading.unlock();
    }
  }

  /** Makes a waiting {@link #poll} return, or the next one not wait. */
  public void wake() {
    if (!closed) {
      wake.signal();
    }
  }

  /** Whether {@link #close()} was called. */
  public boolean isClosed() {
    return closed;
  }

  /** Bytes of a ring that were handed on since the ring exists. */
  public long consumerPosition(int ring) {
    return position(ring, false);
  }

  /** Where reading goes on, in bytes: the position behind the last record handed on. */
  public long cursor(int ring) {
    return rings.get(ring).cursor();
  }

  /**
   * Gives the room before a position back to the producers. The reading thread's business.
   *
   * @param position end of a record; beyond the {@link #cursor} it also skips records
   * @throws IllegalArgumentException if it lies outside what the ring holds
   */
  public void release(int ring, long position) {
    rings.get(ring).release(position);
  }

  /** Bytes of a ring that were reserved since the ring exists. */
  public long producerPosition(int ring) {
    return position(ring, true);
  }

  /**
   * Counts the records that were submitted and not handed on, by walking over them. Exact while
   * neither side moves, an estimate otherwise.
   */
  public long pendingRecords(int ring) {
    return pendingRecords(ring, rings.get(ring).cursor()).orElse(0);
  }

  /**
   * The same from a position on, for who counts beside the reading thread: what was handed on since
   * the position was true counts as well.
   *
   * @param from end of a record that was handed on, as {@link RingRecord#end}
   * @return empty if the reading thread gave room behind the position back meanwhile
   */
  public OptionalLong pendingRecords(int ring, long from) {
    return rings.get(ring).pendingRecords(from);
  }

  private long position(int ring, boolean producer) {
    Ring wanted = rings.get(ring);
    return producer ? wanted.producerPosition() : wanted.consumerPosition();
  }

  /** Makes a waiting read return and, when no read is under way any more, frees the memory. */
  @Override
  public void close() {
    boolean first = !closed;
    closed = true;
    try {
      if (first) {
        wake.signal();
      }
    } catch (SystemCallException _) {
      // A waiting read then returns at the end of its time; what follows waits for that.
    } finally {
      if (!reading.isHeldByCurrentThread()) {
        reading.lock();
        try {
          releaseIfClosed();
        } finally {
          reading.unlock();
        }
      }
    }
  }

  /** A handler may close its own reader; then the memory is freed when the outermost read ends. */
  private void releaseIfClosed() {
    if (closed && !released && reading.getHoldCount() == 1) {
      released = true;
      rings.forEach(Ring::close);
      epoll.close();
      wake.close();
    }
  }
}

package dev.whistler.bpf.ring;

import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.sys.Fd;
import dev.whistler.bpf.sys.Mapping;
import java.util.OptionalLong;

/**
 * The memory of one ring (kernel/bpf/ringbuf.c): a page with the consumer's position, which we
 * write; a page with the producers' position; then the data, mapped twice in a row so that a record
 * is never split.
 */
final class Ring implements AutoCloseable {
  private static final int BUSY = 1 << 31;
  private static final int DISCARDED = 1 << 30;
  private static final int HEADER_BYTES = 8;

  private final int index;
  private final Fd fd;
  private final Mapping consumer;
  private final Mapping data;
  private final long mask;

  /** Whether records stay in the ring until {@link #release}. */
  private final boolean retaining;

  /** Where reading goes on; the consumer's position or, where records are retained, beyond it. */
  private volatile long cursor;

  /** After so many bytes the producers are told that room is free again. */
  private final long batchBytes;

  Ring(int index, BpfMap map, boolean retaining) {
    if (map.type() != MapType.RINGBUF) {
      throw new BpfException(map + " is no ring buffer");
    }
    this.index = index;
    this.retaining = retaining;
    long size = Integer.toUnsignedLong(map.maxEntries());
    this.mask = size - 1;
    this.batchBytes = Math.max(size / 8, Mapping.PAGE_BYTES / 2);
    this.fd = map.fd().duplicate();
    Mapping opened = null;
    try {
      opened = Mapping.shared(fd, 0, Mapping.PAGE_BYTES, true);
      long bytes = Mapping.PAGE_BYTES + 2 * size;
      this.data = Mapping.shared(fd, Mapping.PAGE_BYTES, bytes, false);
      this.consumer = opened;
      this.cursor = consumerPosition();
    } catch (RuntimeException e) {
      if (opened != null) {
        opened.close();
      }
      fd.close();
      throw e;
    }
  }

  Fd fd() {
    return fd;
  }

  long consumerPosition() {
    return consumer.getLongAcquire(0);
  }

  long cursor() {
    return cursor;
  }

  void resume() {
    cursor = consumerPosition();
  }

  void release(long position) {
    if (position < consumerPosition() || position > producerPosition()) {
      throw new IllegalArgumentException(
          "position " + position + " lies outside what the ring holds");
    }
    cursor = Math.max(cursor, position);
    consumer.setLongRelease(0, position);
  }

  long producerPosition() {
    return data.getLongAcquire(0);
  }

  /**
   * Hands on the records up to the producers' position as it is now, or to the first record that is
   * still being written.
   *
   * @return how many records were handed on
   */
  int consume(RingRecord view, RingBufferReader.Handler handler, int maximum) {
    long end = data.getLongAcquire(0);
    long position = cursor;
    long released = position;
    int count = 0;
    try {
      while (position < end && count < maximum) {
        long at = Mapping.PAGE_BYTES + (position & mask);
        int header = data.getIntAcquire(at);
        if ((header & BUSY) != 0) {
          break;
        }
        int length = header & ~(BUSY | DISCARDED);
        if ((header & DISCARDED) == 0) {
          view.set(index, data.segment(), at + HEADER_BYTES, length, position);
          handler.record(view);
          count++;
        }
        position += bytesOf(length);
        if (!retaining && position - released >= batchBytes) {
          consumer.setLongRelease(0, position);
          released = position;
        }
      }
    } finally {
      // A record whose handler failed is not consumed.
      cursor = position;
      if (!retaining) {
        consumer.setLongRelease(0, position);
      }
    }
    return count;
  }

  /** Bytes that a record of this length takes in the ring, with its header. */
  static long bytesOf(int length) {
    return (length + HEADER_BYTES + 7L) & ~7L;
  }

  /**
   * Records between a position and the producers' position that are neither discarded nor being
   * written; empty if the room behind the position was given back meanwhile, and so perhaps
   * overwritten.
   */
  OptionalLong pendingRecords(long from) {
    long end = data.getLongAcquire(0);
    long count = 0;
    for (long position = from; position < end; ) {
      int header = data.getIntAcquire(Mapping.PAGE_BYTES + (position & mask));
      if ((header & (BUSY | DISCARDED)) == 0) {
        count++;
      }
      position += bytesOf(header & ~(BUSY | DISCARDED));
    }
    return consumerPosition() > from ? OptionalLong.empty() : OptionalLong.of(count);
  }

  @Override
  public void close() {
    consumer.close();
    data.close();
    fd.close();
  }
}

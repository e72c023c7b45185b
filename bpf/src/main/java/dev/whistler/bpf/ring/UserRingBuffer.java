package dev.whistler.bpf.ring;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.sys.Mapping;
import java.lang.foreign.MemorySegment;

/**
 * Writes records into a user ring buffer (Linux 6.1), which a program drains with
 * bpf_user_ringbuf_drain. One producer at a time.
 */
public final class UserRingBuffer implements AutoCloseable {
  private static final int BUSY = 1 << 31;
  private static final int HEADER_BYTES = 8;

  private final Mapping consumer;
  private final Mapping data;
  private final int size;

  private UserRingBuffer(Mapping consumer, Mapping data, int size) {
    this.consumer = consumer;
    this.data = data;
    this.size = size;
  }

  /** Opens a map of type USER_RINGBUF for writing. */
  public static UserRingBuffer open(BpfMap map) {
    if (map.type() != MapType.USER_RINGBUF) {
      throw new BpfException(map + " is no user ring buffer");
    }
    Mapping consumer = Mapping.shared(map.fd(), 0, Mapping.PAGE_BYTES, false);
    try {
      long bytes = Mapping.PAGE_BYTES + 2L * map.maxEntries();
      Mapping data = Mapping.shared(map.fd(), Mapping.PAGE_BYTES, bytes, true);
      return new UserRingBuffer(consumer, data, map.maxEntries());
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  /**
   * Writes a record.
   *
   * @return false if the ring has no room for it now
   * @throws IllegalArgumentException if it can never fit
   */
  public boolean write(byte[] record) {
    int bytes = (record.length + HEADER_BYTES + 7) & ~7;
    if (bytes > size) {
      throw new IllegalArgumentException(
          "a record of " + record.length + " bytes does not fit a ring of " + size);
    }
    long consumed = consumer.getLongAcquire(0);
    long produced = data.getLongAcquire(0);
    if (size - (produced - consumed) < bytes) {
      return false;
    }
    long at = Mapping.PAGE_BYTES + (produced & (size - 1));
    // Busy until the bytes are there: the program must not see half a record.
    data.setIntRelease(at, record.length | BUSY);
    data.setLongRelease(0, produced + bytes);
    MemorySegment.copy(record, 0, data.segment(), JAVA_BYTE, at + HEADER_BYTES, record.length);
    data.setIntRelease(at, record.length);
    return true;
  }

  @Override
  public void close() {
    data.close();
    consumer.close();
  }
}

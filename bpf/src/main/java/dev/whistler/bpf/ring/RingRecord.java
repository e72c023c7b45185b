package dev.whistler.bpf.ring;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * A view of the record that is being handled, without a copy. One object is used for all records of
 * a reader: it means something only until the handler returns.
 */
public final class RingRecord {
  private MemorySegment memory = MemorySegment.NULL;
  private int ring;
  private long offset;
  private int length;
  private long position;

  RingRecord() {}

  void set(int ring, MemorySegment memory, long offset, int length, long position) {
    this.ring = ring;
    this.memory = memory;
    this.offset = offset;
    this.length = length;
    this.position = position;
  }

  /** Which of the reader's rings, from 0. */
  public int ring() {
    return ring;
  }

  /** Bytes, as the program reserved them. */
  public int length() {
    return length;
  }

  /**
   * Where the record's header began in the endless stream of bytes of the ring: unique in the life
   * of the ring, and ascending.
   */
  public long position() {
    return position;
  }

  /** Position behind the record, where the next one's header begins. */
  public long end() {
    return position + Ring.bytesOf(length);
  }

  /**
   * The memory in which the record lies, at {@link #offset()}: for readers that decode it in place.
   * Reading beyond {@link #length()} gives other records' bytes.
   */
  public MemorySegment memory() {
    return memory;
  }

  /** Where in {@link #memory()} the record's first byte is. */
  public long offset() {
    return offset;
  }

  /** The byte at an offset, 0 to 255. */
  public int getByte(int at) {
    return Byte.toUnsignedInt(memory.get(JAVA_BYTE, check(at, 1)));
  }

  /** The 16-bit value at an offset, little-endian, 0 to 65535. */
  public int getShort(int at) {
    return Short.toUnsignedInt(memory.get(JAVA_SHORT_UNALIGNED, check(at, 2)));
  }

  /** The 32-bit value at an offset, little-endian. */
  public int getInt(int at) {
    return memory.get(JAVA_INT_UNALIGNED, check(at, 4));
  }

  /** The 64-bit value at an offset, little-endian. */
  public long getLong(int at) {
    return memory.get(JAVA_LONG_UNALIGNED, check(at, 8));
  }

  /** Copies bytes of the record. */
  public void copy(int from, byte[] to, int at, int bytes) {
    MemorySegment.copy(memory, JAVA_BYTE, check(from, bytes), to, at, bytes);
  }

  /** A copy of the whole record. */
  public byte[] bytes() {
    byte[] bytes = new byte[length];
    copy(0, bytes, 0, length);
    return bytes;
  }

  private long check(int at, int bytes) {
    return offset + Objects.checkFromIndexSize(at, bytes, length);
  }
}

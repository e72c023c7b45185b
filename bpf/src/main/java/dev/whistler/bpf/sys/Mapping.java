package dev.whistler.bpf.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * Memory shared with the kernel. Access after {@link #close()} throws {@link
 * IllegalStateException}, in every thread; closing waits for accesses under way.
 */
public final class Mapping implements AutoCloseable {
  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int MAP_SHARED = 1;
  private static final VarHandle INT = JAVA_INT.varHandle();
  private static final VarHandle LONG = JAVA_LONG.varHandle();

  /** Bytes of a page of this machine; 4096 on all x86-64, up to 65536 on arm64. */
  public static final int PAGE_BYTES = pageBytes();

  private final Arena arena = Arena.ofShared();
  private final MemorySegment segment;

  private Mapping(MemorySegment address, long bytes) {
    this.segment = address.reinterpret(bytes, arena, whole -> LibC.munmap(whole, bytes));
  }

  /**
   * Maps part of what a descriptor stands for.
   *
   * @param offset bytes, a multiple of the page size
   * @param bytes length
   */
  public static Mapping shared(Fd fd, long offset, long bytes, boolean writable) {
    int protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
    long whole = (bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    return fd.call(
        number ->
            new Mapping(
                LibC.mmap("map memory", whole, protection, MAP_SHARED, number, offset), whole));
  }

  /** The memory, in whole pages. */
  public MemorySegment segment() {
    return segment;
  }

  /** A 32-bit read that later reads cannot overtake. */
  public int getIntAcquire(long offset) {
    return (int) INT.getAcquire(segment, offset);
  }

  /** A 64-bit read that later reads cannot overtake. */
  public long getLongAcquire(long offset) {
    return (long) LONG.getAcquire(segment, offset);
  }

  /** A 64-bit write that earlier accesses cannot fall behind. */
  public void setLongRelease(long offset, long value) {
    LONG.setRelease(segment, offset, value);
  }

  /** A 32-bit write that earlier accesses cannot fall behind. */
  public void setIntRelease(long offset, int value) {
    INT.setRelease(segment, offset, value);
  }

  @Override
  public void close() {
    if (segment.scope().isAlive()) {
      arena.close();
    }
  }

  private static int pageBytes() {
    return (int) LibC.systemConfiguration(30); // _SC_PAGESIZE in bits/confname.h
  }
}

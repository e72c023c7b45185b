package dev.whistler.bpf.sys;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A file descriptor that this object owns: closed once, by {@link #close()}, and never used after.
 * Whoever holds an {@code Fd} in a field is the one who closes it.
 */
public final class Fd implements AutoCloseable {
  private static final int CLOSED = -1;

  private final AtomicInteger number;

  /**
   * Takes ownership.
   *
   * @param number an open descriptor, 0 or more
   */
  public Fd(int number) {
    if (number < 0) {
      throw new IllegalArgumentException("not a file descriptor: " + number);
    }
    this.number = new AtomicInteger(number);
  }

  /**
   * The descriptor's number, for one call.
   *
   * @throws IllegalStateException if it is closed
   */
  public int number() {
    int open = number.get();
    if (open == CLOSED) {
      throw new IllegalStateException("the file descriptor is closed");
    }
    return open;
  }

  /** Whether {@link #close()} has not been called yet. */
  public boolean isOpen() {
    return number.get() != CLOSED;
  }

  /** A second descriptor of the same kernel object, with its own life. */
  public Fd duplicate() {
    return new Fd(LibC.duplicate(number()));
  }

  @Override
  public void close() {
    int open = number.getAndSet(CLOSED);
    if (open != CLOSED) {
      LibC.close(open);
    }
  }

  @Override
  public String toString() {
    int open = number.get();
    return open == CLOSED ? "closed descriptor" : "fd " + open;
  }
}

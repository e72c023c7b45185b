package dev.whistler.runtime.deliver;

import java.util.Arrays;

/**
 * Lines one behind the other, each with the number of its ring. Reused; used by one thread at a
 * time.
 */
public final class LineBatch {
  /** Stands for the ring of a line that is not a record and is not counted. */
  public static final int UNCOUNTED = -1;

  byte[] bytes;
  int length;
  int[] ends;
  int[] rings;
  int lines;

  /** Of the queue, when it was taken from there. */
  int generation;

  public LineBatch(int capacity) {
    bytes = new byte[capacity];
    ends = new int[64];
    rings = new int[64];
  }

  public boolean isEmpty() {
    return lines == 0;
  }

  /** Bytes of all lines. */
  public int length() {
    return length;
  }

  public int lines() {
    return lines;
  }

  public void clear() {
    length = 0;
    lines = 0;
  }

  /**
   * Appends a line.
   *
   * @param ring number of its ring, or {@link #UNCOUNTED}
   */
  public void add(int ring, byte[] source, int from, int size) {
    if (bytes.length - length < size) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(length, size)));
    }
    if (lines == ends.length) {
      ends = Arrays.copyOf(ends, 2 * lines);
      rings = Arrays.copyOf(rings, 2 * lines);
    }
    System.arraycopy(source, from, bytes, length, size);
    length += size;
    ends[lines] = length;
    rings[lines++] = ring;
  }

  int start(int line) {
    return line == 0 ? 0 : ends[line - 1];
  }

  int size(int line) {
    return ends[line] - start(line);
  }

  /** The line behind as many as fit into so many bytes, at least one, from the given one on. */
  int portionEnd(int from, int portionBytes) {
    int end = from + 1;
    while (end < lines && ends[end] - start(from) <= portionBytes) {
      end++;
    }
    return end;
  }
}

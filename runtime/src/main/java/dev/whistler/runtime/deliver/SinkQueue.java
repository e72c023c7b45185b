package dev.whistler.runtime.deliver;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lines on their way from the reader of the rings to one sink, bounded in bytes. Open until {@link
 * #close}; from then on it takes nothing in.
 */
final class SinkQueue {
  /** Size of a chunk in bytes; a longer line has a chunk of its own. */
  private static final int CHUNK = 64 << 10;

  /** How often a waiting reader asks whether to wait on, in nanoseconds. */
  private static final long LOOK_NANOS = 5_000_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final Condition drained = lock.newCondition();
  private final Condition closing = lock.newCondition();
  private final ArrayDeque<LineBatch> chunks = new ArrayDeque<>();
  private final int limit;
  private int queuedBytes;
  private int generation;
  private boolean closed;
  private LineBatch spare = new LineBatch(CHUNK);

  /** Called under the lock for every line taken in, before the writer can see it. */
  @FunctionalInterface
  interface Acceptance {
    void accepted(int ring);
  }

  SinkQueue(int limitBytes) {
    limit = limitBytes;
  }

  /** Whether a line of this size could ever be queued. */
  boolean fits(int bytes) {
    return bytes <= limit;
  }

  /**
   * Takes in lines in order, from the given one on.
   *
   * @return the first line for which there is no room, or the number of lines
   */
  int offer(LineBatch batch, int from, Patience patience, Acceptance acceptance) {
    lock.lock();
    try {
      int line = from;
      while (line < batch.lines && !closed) {
        if (batch.size(line) <= limit - queuedBytes) {
          append(batch, line);
          acceptance.accepted(batch.rings[line]);
          line++;
          continue;
        }
        if (!fits(batch.size(line))) {
          break;
        }
        filled.signal();
        long wait = patience.waitNanos();
        if (wait <= 0 || !awaitRoom(Math.min(wait, LOOK_NANOS))) {
          break;
        }
      }
      filled.signal();
      return line;
    } finally {
      lock.unlock();
    }
  }

  private boolean awaitRoom(long nanos) {
    try {
      long ignored = drained.awaitNanos(nanos);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void append(LineBatch batch, int line) {
    int size = batch.size(line);
    LineBatch last = chunks.peekLast();
    if (last == null || last.bytes.length - last.length < size) {
      last = size > CHUNK ? new LineBatch(size) : spareChunk();
      chunks.add(last);
    }
    last.add(batch.rings[line], batch.bytes, batch.start(line), size);
    queuedBytes += size;
  }

  private LineBatch spareChunk() {
    LineBatch chunk = spare;
    spare = new LineBatch(0);
    return chunk.bytes.length == CHUNK ? chunk : new LineBatch(CHUNK);
  }

  /**
   * The next lines, waiting for them; empty at the end of the wait or once the queue is closed. The
   * caller gives the batch back with {@link #recycle}.
   */
  LineBatch take(Duration wait) throws InterruptedException {
    lock.lock();
    try {
      long left = wait.toNanos();
      while (chunks.isEmpty() && !closed && left > 0) {
        left = filled.awaitNanos(left);
      }
      LineBatch chunk = chunks.poll();
      if (chunk == null) {
        return new LineBatch(0);
      }
      queuedBytes -= chunk.length;
      chunk.generation = generation;
      drained.signal();
      return chunk;
    } finally {
      lock.unlock();
    }
  }

  /** Keeps an emptied chunk for the next lines. */
  void recycle(LineBatch chunk) {
    lock.lock();
    try {
      if (chunk.bytes.length == CHUNK) {
        chunk.clear();
        spare = chunk;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Drops all lines that were not taken; those that were are not {@link #isCurrent} any more. */
  void clear() {
    lock.lock();
    try {
      chunks.clear();
      generation++;
      queuedBytes = 0;
      drained.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Whether nothing was dropped since a chunk was taken. */
  boolean isCurrent(LineBatch chunk) {
    lock.lock();
    try {
      return chunk.generation == generation;
    } finally {
      lock.unlock();
    }
  }

  /** Waits, but no longer than until it is closed. */
  void pause(Duration wait) throws InterruptedException {
    lock.lock();
    try {
      long left = wait.toNanos();
      while (!closed && left > 0) {
        left = closing.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** No line is taken in any more; a waiting {@link #take} returns. */
  void close() {
    lock.lock();
    try {
      closed = true;
      filled.signalAll();
      drained.signalAll();
      closing.signalAll();
    } finally {
      lock.unlock();
    }
  }
}

package dev.whistler.runtime.deliver;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Accepts lines, each ended by a line feed. Used by one thread, but for {@link #abandon}. */
interface Sink extends Closeable {
  /**
   * Writes as many whole lines as the destination takes and moves the buffer's position past them.
   * What remains when this returns or throws was not taken: the next write begins with it, or with
   * something else, and a line is never read broken where that can be helped.
   */
  void write(ByteBuffer lines) throws IOException;

  /** Bytes that are handed in at once, so that its progress can be seen; a longer line is, too. */
  default int portionBytes() {
    return Integer.MAX_VALUE;
  }

  /** Nobody waits for this sink any more: a write that waits for its turn ends. */
  default void abandon() {}
}

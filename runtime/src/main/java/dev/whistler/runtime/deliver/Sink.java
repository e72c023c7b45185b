package dev.whistler.runtime.deliver;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Accepts lines. Used by one thread. */
interface Sink extends Closeable {
  /**
   * Writes as much as the destination takes and moves the buffer's position past what it has taken.
   * What remains when this returns or throws was not taken.
   */
  void write(ByteBuffer lines) throws IOException;

  /**
   * The rest of the last buffer will never come: if it was broken off within a line, that line is
   * ended before the next.
   */
  void giveUp(boolean withinLine);
}

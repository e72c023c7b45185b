package dev.whistler.runtime.deliver;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Lines to standard output, a pipe or a device. */
final class StreamSink implements Sink {
  /** A quarter of what a pipe holds. */
  private static final int PORTION = 16 << 10;

  private final LineStream stream;
  private volatile boolean abandoned;

  StreamSink(LineStream stream) {
    this.stream = stream;
  }

  @Override
  public void write(ByteBuffer lines) throws IOException {
    stream.write(lines, () -> abandoned);
  }

  @Override
  public int portionBytes() {
    return PORTION;
  }

  @Override
  public void abandon() {
    abandoned = true;
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}

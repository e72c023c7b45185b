package dev.whistler.runtime.deliver;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Lines to a file. */
final class FileSink implements Sink {
  private final RecordFile file;

  FileSink(RecordFile file) {
    this.file = file;
  }

  @Override
  public void write(ByteBuffer lines) throws IOException {
    file.write(lines);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

package dev.whistler.runtime.deliver;

import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A destination from which nothing can be taken back: standard output, a pipe, a device. Those who
 * share it write one after the other, since the kernel mixes what several threads write into a full
 * pipe.
 */
final class LineStream implements Closeable {
  /** Standard output of this process. */
  static final LineStream STDOUT = new LineStream(null, stdoutChannel());

  private static final long LOOK_MILLIS = 20;
  private static final long FULL_NANOS = 1_000_000;

  private final ReentrantLock turn = new ReentrantLock(true);
  private final @Nullable Path path;

  // Touched under the lock only.
  private FileChannel channel;
  private boolean brokenLine;

  private LineStream(@Nullable Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  @SuppressWarnings("resource") // closing it would close standard output
  private static FileChannel stdoutChannel() {
    return new FileOutputStream(FileDescriptor.out).getChannel();
  }

  /** Opens a pipe or a device. */
  static LineStream open(Path path) throws IOException {
    return new LineStream(path, openPath(path));
  }

  private static FileChannel openPath(Path path) throws IOException {
    return FileChannel.open(path, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Waits for its turn and writes as {@link Sink#write} says. A line that breaks off is ended and
   * begun anew.
   *
   * @param abandoned whether to wait no longer, when nothing is taken
   */
  void write(ByteBuffer lines, BooleanSupplier abandoned) throws IOException {
    if (!awaitTurn(abandoned)) {
      return;
    }
    int start = lines.position();
    try {
      if (!channel.isOpen()) {
        channel = path == null ? stdoutChannel() : openPath(path);
      }
      if (brokenLine) {
        writeAll(ByteBuffer.wrap(new byte[] {'\n'}));
        brokenLine = false;
      }
      writeAll(lines);
    } finally {
      if (lines.hasRemaining() && WholeLines.takeBack(lines, start) > 0) {
        brokenLine = true;
      }
      turn.unlock();
    }
  }

  private boolean awaitTurn(BooleanSupplier abandoned) throws IOException {
    while (!abandoned.getAsBoolean()) {
      try {
        if (turn.tryLock(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
          return true;
        }
      } catch (InterruptedException e) {
        throw new InterruptedIOException("interrupted while another writes");
      }
    }
    return false;
  }

  private void writeAll(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (channel.write(bytes) == 0) {
        // Somebody who shares the pipe with us has made it non-blocking, and it is full.
        LockSupport.parkNanos(FULL_NANOS);
      }
    }
  }

  /** Standard output stays open. */
  @Override
  public void close() throws IOException {
    if (path != null) {
      channel.close();
    }
  }
}

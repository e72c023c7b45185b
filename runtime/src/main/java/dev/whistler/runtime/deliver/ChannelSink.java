package dev.whistler.runtime.deliver;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lines to standard output or to a file. A file that went away or filled up is opened anew at the
 * next write.
 */
final class ChannelSink implements Sink {
  private static final Set<OpenOption> APPEND =
      Set.of(
          StandardOpenOption.CREATE,
          StandardOpenOption.WRITE,
          StandardOpenOption.APPEND,
          LinkOption.NOFOLLOW_LINKS);

  private final @Nullable Path file;
  private @Nullable FileChannel channel;
  private boolean brokenLine;

  private ChannelSink(@Nullable Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  static ChannelSink stdout() {
    return new ChannelSink(null, stdoutChannel());
  }

  @SuppressWarnings("resource") // closing it would close standard output
  private static FileChannel stdoutChannel() {
    return new FileOutputStream(FileDescriptor.out).getChannel();
  }

  /** Opens the file, so that a wrong path is known before anything runs. */
  static ChannelSink file(Path file) throws IOException {
    return new ChannelSink(file, open(file));
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(
        file,
        APPEND,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  @Override
  public void write(ByteBuffer lines) throws IOException {
    FileChannel target = channel;
    if (target == null || !target.isOpen()) {
      target = file == null ? stdoutChannel() : open(file);
      channel = target;
    }
    if (brokenLine) {
      target.write(ByteBuffer.wrap(new byte[] {'\n'}));
      brokenLine = false;
    }
    while (lines.hasRemaining()) {
      target.write(lines);
    }
  }

  @Override
  public void giveUp(boolean withinLine) {
    brokenLine = withinLine;
  }

  @Override
  public void close() throws IOException {
    FileChannel target = channel;
    if (file != null && target != null && target.isOpen()) {
      try {
        target.force(false);
      } finally {
        target.close();
      }
    }
  }
}

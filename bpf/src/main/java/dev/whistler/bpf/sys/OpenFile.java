package dev.whistler.bpf.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Files and directories as descriptors, for calls that take one. */
public final class OpenFile {
  private static final int O_RDONLY = 0;
  private static final int O_NONBLOCK = 0x800;
  private static final int O_CLOEXEC = 0x80000;
  private static final int BUFFER_BYTES = 64 << 10;

  /** An iterator says EAGAIN after 32 Ki of objects that gave no output (bpf_iter.c). */
  private static final int MAXIMUM_ATTEMPTS = 1024;

  private OpenFile() {}

  /** Opens a directory for reading. */
  public static Fd directory(Path path) {
    return readable(path);
  }

  /** Opens a file for reading; where that would have to wait, as for a pipe's writer, at once. */
  public static Fd withoutWaiting(Path path) {
    return new Fd(LibC.open(path.toString(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  }

  /**
   * Opens a regular file for reading.
   *
   * @return empty if the path is of something else
   */
  public static Optional<FileChannel> regular(Path path) throws IOException {
    try (Fd fd = withoutWaiting(path)) {
      return fd.call(number -> regularFile(Path.of("/proc/self/fd/" + number)));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static Optional<FileChannel> regularFile(Path opened) {
    try {
      return Files.isRegularFile(opened)
          ? Optional.of(FileChannel.open(opened, StandardOpenOption.READ))
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a path leads to what a descriptor stands for. */
  public static boolean isAt(Fd fd, Path path) {
    return fd.call(
        number -> {
          try {
            return Files.isSameFile(Path.of("/proc/self/fd/" + number), path);
          } catch (IOException e) {
            return false;
          }
        });
  }

  /** Opens a file for reading. */
  public static Fd readable(Path path) {
    return new Fd(LibC.open(path.toString(), O_RDONLY | O_CLOEXEC));
  }

  /**
   * Reads to the end.
   *
   * @param maximum bytes after which reading stops
   */
  public static byte[] readAll(Fd fd, int maximum) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(BUFFER_BYTES);
      int read = BUFFER_BYTES;
      while (read > 0 && all.size() < maximum) {
        read = fd.call(number -> readSome(number, buffer));
        all.writeBytes(buffer.asSlice(0, read).toArray(JAVA_BYTE));
      }
    }
    return all.toByteArray();
  }

  /** A read that a signal interrupts, or for which the kernel is not ready, is tried again. */
  private static int readSome(int number, MemorySegment buffer) {
    for (int attempt = 1; ; attempt++) {
      try {
        return (int) LibC.read("read", number, buffer);
      } catch (SystemCallException e) {
        boolean transientFailure = e.errno() == Errno.EINTR || e.errno() == Errno.EAGAIN;
        if (!transientFailure || attempt == MAXIMUM_ATTEMPTS) {
          throw e;
        }
        Thread.onSpinWait();
      }
    }
  }
}

package dev.whistler.runtime.deliver;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file of lines. All who write it in this process share one, since two revisions of a program may
 * write for a moment while it is rotated, or while a line that broke off is cut from its end.
 *
 * <p>At any time its end is a whole line, but for a write under way: what broke off on a full disk
 * is cut off at once, what a killed process left of a line when the file is opened. Where nothing
 * can be cut, the next line begins with a line feed.
 */
final class RecordFile implements Closeable {
  private static final Map<Path, RecordFile> OPEN = new HashMap<>();

  private static final Set<OpenOption> APPEND =
      Set.of(
          StandardOpenOption.CREATE,
          StandardOpenOption.WRITE,
          StandardOpenOption.APPEND,
          LinkOption.NOFOLLOW_LINKS);

  /** How far back the beginning of a broken line is looked for, in bytes. */
  private static final int LONGEST_TAIL = 16 << 20;

  /** A file that somebody moved or removed is written on for this long at most. */
  private static final long LOOK_NANOS = 1_000_000_000L;

  private final Path path;
  private final @Nullable FileBounds bounds;

  /** Guarded by {@link #OPEN}. */
  private int users = 1;

  // Guarded by this.
  private @Nullable FileChannel channel;
  private @Nullable Object identity;
  private boolean brokenLine;
  private long lookedAt;

  private RecordFile(Path path, @Nullable FileBounds bounds) {
    this.path = path;
    this.bounds = bounds;
  }

  /**
   * Opens the file, so that a wrong path is known before anything runs.
   *
   * @param bounds of whoever opens it first hold for all
   */
  static RecordFile open(Path file, @Nullable FileBounds bounds) throws IOException {
    Path path = file.toAbsolutePath().normalize();
    synchronized (OPEN) {
      RecordFile there = OPEN.get(path);
      if (there != null) {
        there.users++;
        return there;
      }
      RecordFile opened = new RecordFile(path, bounds);
      opened.reopen();
      OPEN.put(path, opened);
      return opened;
    }
  }

  /** Writes as {@link Sink#write} says. */
  synchronized void write(ByteBuffer lines) throws IOException {
    FileChannel target = target(lines.remaining());
    long before = target.size();
    int start = lines.position();
    try {
      if (brokenLine) {
        target.write(ByteBuffer.wrap(new byte[] {'\n'}));
        brokenLine = false;
        before++;
      }
      while (lines.hasRemaining()) {
        target.write(lines);
      }
    } finally {
      if (lines.hasRemaining()) {
        int broken = WholeLines.takeBack(lines, start);
        brokenLine |= broken > 0 && !cutOff(target, before + lines.position() - start, broken);
      }
    }
  }

  /** Whether the last bytes are gone; not if somebody else has written behind them. */
  private static boolean cutOff(FileChannel target, long size, int bytes) {
    try {
      if (target.size() != size + bytes) {
        return false;
      }
      target.truncate(size);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private FileChannel target(int bytes) throws IOException {
    if (bounds != null && bounds.exhausted().getAsBoolean()) {
      throw new IOException("the files of all programs take as much as they may together");
    }
    FileChannel target = channel;
    if (target == null || !target.isOpen()) {
      return reopen();
    }
    if (bounds == null) {
      return target;
    }
    long size = target.size();
    boolean full = size > 0 && size + bytes > bounds.maxBytes();
    if (full || System.nanoTime() - lookedAt > LOOK_NANOS) {
      lookedAt = System.nanoTime();
      if (!Objects.equals(identityOf(path), identity)) {
        return reopen();
      }
    }
    if (full) {
      rotate(bounds.maxFiles());
      return reopen();
    }
    return target;
  }

  /** What the path leads to, as device and inode; null if to nothing. */
  private static @Nullable Object identityOf(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private synchronized FileChannel reopen() throws IOException {
    closeChannel();
    brokenLine = false;
    if (bounds != null) {
      makeFolder(Objects.requireNonNull(path.getParent()));
      refuseOthers();
    }
    FileChannel opened =
        FileChannel.open(
            path,
            APPEND,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      identity = identityOf(path);
      mendEnd(opened);
    } catch (IOException e) {
      opened.close();
      throw e;
    }
    lookedAt = System.nanoTime();
    channel = opened;
    return opened;
  }

  private static void makeFolder(Path folder) throws IOException {
    try {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      throw new IOException(e.getFile() + " is in the way of a directory; move it away", e);
    }
  }

  /** Opening a pipe would wait for its reader. */
  private void refuseOthers() throws IOException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(path + " is no regular file");
    }
  }

  /** A process that was killed within a write leaves a part of a line; it comes again whole. */
  private void mendEnd(FileChannel opened) throws IOException {
    long size = opened.size();
    if (size == 0) {
      return;
    }
    try (FileChannel reader =
        FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      long end = endOfLastLine(reader, size);
      if (end == size) {
        return;
      }
      brokenLine = bounds == null || end < 0 || !cutOff(opened, end, Math.toIntExact(size - end));
    } catch (AccessDeniedException e) {
      // A file of others that we may only write; its end is theirs.
    }
  }

  /** Where the last whole line ends, 0 if there is none, or -1 if that is too far back. */
  private static long endOfLastLine(FileChannel reader, long size) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(8 << 10);
    long blockEnd = size;
    while (blockEnd > 0) {
      if (size - blockEnd > LONGEST_TAIL) {
        return -1;
      }
      long blockStart = Math.max(0, blockEnd - block.capacity());
      block.clear().limit((int) (blockEnd - blockStart));
      while (block.hasRemaining()) {
        if (reader.read(block, blockStart + block.position()) < 0) {
          return size; // somebody makes it shorter just now
        }
      }
      for (int i = block.limit() - 1; i >= 0; i--) {
        if (block.get(i) == '\n') {
          return blockStart + i + 1;
        }
      }
      blockEnd = blockStart;
    }
    return 0;
  }

  /** The oldest goes, each other one becomes the next older; gaps are no harm. */
  private void rotate(int keep) throws IOException {
    if (keep > 0) {
      Files.deleteIfExists(earlier(keep));
    }
    int surplus = keep + 1;
    while (Files.deleteIfExists(earlier(surplus))) {
      surplus++;
    }
    for (int i = keep - 1; i >= 1; i--) {
      rename(earlier(i), earlier(i + 1));
    }
    if (keep > 0) {
      rename(path, earlier(1));
    } else {
      Files.deleteIfExists(path);
    }
  }

  private static void rename(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException gap) {
      // A process was killed within a rotation, or somebody has removed it.
    }
  }

  private Path earlier(int number) {
    return path.resolveSibling(path.getFileName() + "." + number);
  }

  private void closeChannel() throws IOException {
    FileChannel before = channel;
    channel = null;
    if (before != null) {
      before.close();
    }
  }

  /** For one of those who share it; the last one forces what is written to the disk. */
  @Override
  public void close() throws IOException {
    synchronized (OPEN) {
      users--;
      if (users > 0) {
        return;
      }
      OPEN.remove(path);
    }
    synchronized (this) {
      FileChannel last = channel;
      if (last != null && last.isOpen()) {
        try {
          last.force(false);
        } finally {
          closeChannel();
        }
      }
    }
  }
}

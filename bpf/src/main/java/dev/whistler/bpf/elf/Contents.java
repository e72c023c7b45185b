package dev.whistler.bpf.elf;

import dev.whistler.bpf.sys.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * The bytes of an ELF file, little-endian. A file on disk may change while it is read: what is not
 * there any more is a typed error, which a mapping could not give (the JVM gets SIGBUS).
 */
sealed interface Contents {
  /** Bytes in all. */
  long size();

  byte get(long at);

  short getShort(long at);

  int getInt(long at);

  long getLong(long at);

  /** Fills the array. */
  void get(long at, byte[] bytes);

  /** In memory. */
  record Memory(ByteBuffer bytes) implements Contents {
    @Override
    public long size() {
      return bytes.limit();
    }

    @Override
    public byte get(long at) {
      return bytes.get((int) at);
    }

    @Override
    public short getShort(long at) {
      return bytes.getShort((int) at);
    }

    @Override
    public int getInt(long at) {
      return bytes.getInt((int) at);
    }

    @Override
    public long getLong(long at) {
      return bytes.getLong((int) at);
    }

    @Override
    public void get(long at, byte[] target) {
      bytes.get((int) at, target);
    }
  }

  /** On disk, read in blocks of which some are kept. Not for use by several threads. */
  final class OnDisk implements Contents {
    private static final int BLOCK_BYTES = 1 << 16;
    private static final int BLOCKS = 64;

    private final Path path;
    private final FileChannel channel;
    private final long size;
    private final ByteBuffer[] blocks = new ByteBuffer[BLOCKS];
    private final long[] numbers = new long[BLOCKS];

    private OnDisk(Path path, FileChannel channel, long size) {
      this.path = path;
      this.channel = channel;
      this.size = size;
    }

    /** Opens a regular file; what else has a path, as a pipe, could make one wait for ever. */
    static OnDisk open(Path path) throws IOException {
      FileChannel channel =
          OpenFile.regular(path)
              .orElseThrow(() -> new ObjectFormatException(path + " is no regular file"));
      return new OnDisk(path, channel, channel.size());
    }

    void close() throws IOException {
      channel.close();
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public byte get(long at) {
      return block(at).get((int) (at % BLOCK_BYTES));
    }

    @Override
    public short getShort(long at) {
      return (short) (Byte.toUnsignedInt(get(at)) | get(at + 1) << 8);
    }

    @Override
    public int getInt(long at) {
      int within = (int) (at % BLOCK_BYTES);
      return within <= BLOCK_BYTES - 4
          ? block(at).getInt(within)
          : Short.toUnsignedInt(getShort(at)) | getShort(at + 2) << 16;
    }

    @Override
    public long getLong(long at) {
      int within = (int) (at % BLOCK_BYTES);
      return within <= BLOCK_BYTES - 8
          ? block(at).getLong(within)
          : Integer.toUnsignedLong(getInt(at)) | (long) getInt(at + 4) << 32;
    }

    @Override
    public void get(long at, byte[] target) {
      for (int done = 0; done < target.length; ) {
        int within = (int) ((at + done) % BLOCK_BYTES);
        int part = Math.min(target.length - done, BLOCK_BYTES - within);
        block(at + done).get(within, target, done, part);
        done += part;
      }
    }

    private ByteBuffer block(long at) {
      long number = at / BLOCK_BYTES;
      int slot = (int) (number % BLOCKS);
      ByteBuffer block = blocks[slot];
      if (block == null || numbers[slot] != number) {
        block = read(number * BLOCK_BYTES);
        blocks[slot] = block;
        numbers[slot] = number;
      }
      return block;
    }

    private ByteBuffer read(long from) {
      int wanted = (int) Math.min(BLOCK_BYTES, size - from);
      ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      try {
        while (block.position() < wanted) {
          if (channel.read(block, from + block.position()) < 0) {
            throw new ObjectFormatException(path + " was cut off while it was read");
          }
        }
      } catch (IOException e) {
        throw new ObjectFormatException(path + " cannot be read: " + e.getMessage());
      }
      return block;
    }
  }
}

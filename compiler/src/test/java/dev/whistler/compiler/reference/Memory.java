package dev.whistler.compiler.reference;

import java.util.ArrayList;
import java.util.List;

/**
 * Blocks of bytes with addresses: the upper half of an address names the block, the lower half is
 * the offset, so that arithmetic within a block works as in a real machine.
 */
final class Memory {
  private final List<byte[]> blocks = new ArrayList<>();
  private final List<Boolean> live = new ArrayList<>();

  Memory() {
    allocate(0); // no block has address 0
  }

  /** A new block over an array, which stays shared. */
  long adopt(byte[] bytes) {
    blocks.add(bytes);
    live.add(true);
    return (long) (blocks.size() - 1) << 32;
  }

  /** A new zeroed block. */
  long allocate(int size) {
    return adopt(new byte[size]);
  }

  /** From now on the block's contents are unspecified. */
  void release(long address) {
    live.set(block(address), false);
  }

  private int block(long address) {
    int block = (int) (address >>> 32);
    if (block <= 0 || block >= blocks.size()) {
      throw new Undefined("no memory at address " + Long.toHexString(address));
    }
    return block;
  }

  private byte[] checked(long address, int size) {
    int block = block(address);
    int offset = (int) address;
    byte[] bytes = blocks.get(block);
    if (offset < 0 || offset + size > bytes.length) {
      throw new Undefined("access outside a block of " + bytes.length + " bytes at " + offset);
    }
    if (!live.get(block)) {
      throw new Undefined("access to a deleted or replaced element");
    }
    return bytes;
  }

  /** The unsigned little-endian number of {@code width} bytes. */
  long load(long address, int width) {
    byte[] bytes = checked(address, width);
    long value = 0;
    for (int i = 0; i < width; i++) {
      value |= (bytes[(int) address + i] & 0xffL) << 8 * i;
    }
    return value;
  }

  void store(long address, int width, long value) {
    byte[] bytes = checked(address, width);
    for (int i = 0; i < width; i++) {
      bytes[(int) address + i] = (byte) (value >>> 8 * i);
    }
  }

  byte[] read(long address, int size) {
    byte[] copy = new byte[size];
    System.arraycopy(checked(address, size), (int) address, copy, 0, size);
    return copy;
  }

  void write(long address, byte[] bytes) {
    System.arraycopy(bytes, 0, checked(address, bytes.length), (int) address, bytes.length);
  }
}

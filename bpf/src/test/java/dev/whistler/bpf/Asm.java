package dev.whistler.bpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A few instructions for programs written by hand in tests. */
public final class Asm {
  private final ByteBuffer code = ByteBuffer.allocate(32 * 1024).order(ByteOrder.LITTLE_ENDIAN);

  /** One instruction slot. */
  public Asm slot(int opcode, int target, int source, int offset, int immediate) {
    code.put((byte) opcode)
        .put((byte) (source << 4 | target))
        .putShort((short) offset)
        .putInt(immediate);
    return this;
  }

  /** rT = immediate, 64 bits, sign-extended. */
  public Asm move(int target, int immediate) {
    return slot(0xb7, target, 0, 0, immediate);
  }

  /** rT = rS. */
  public Asm copy(int target, int source) {
    return slot(0xbf, target, source, 0, 0);
  }

  /** rT += immediate. */
  public Asm add(int target, int immediate) {
    return slot(0x07, target, 0, 0, immediate);
  }

  /** rT = *(u32 *)(rS + offset). */
  public Asm load32(int target, int source, int offset) {
    return slot(0x61, target, source, offset, 0);
  }

  /** rT = *(u64 *)(rS + offset). */
  public Asm load64(int target, int source, int offset) {
    return slot(0x79, target, source, offset, 0);
  }

  /** *(u32 *)(rT + offset) = immediate. */
  public Asm store32(int target, int offset, int immediate) {
    return slot(0x62, target, 0, offset, immediate);
  }

  /** *(u64 *)(rT + offset) = rS. */
  public Asm store64(int target, int offset, int source) {
    return slot(0x7b, target, source, offset, 0);
  }

  /** rT = address of the map that the program is given for this slot. */
  public Asm map(int target) {
    return slot(0x18, target, 1, 0, 0).slot(0, 0, 0, 0, 0);
  }

  /** Calls a helper. */
  public Asm call(int helper) {
    return slot(0x85, 0, 0, 0, helper);
  }

  /** Goes on {@code slots} further on if rT == immediate. */
  public Asm jumpEqual(int target, int immediate, int slots) {
    return slot(0x15, target, 0, slots, immediate);
  }

  /** Returns r0. */
  public byte[] exit() {
    slot(0x95, 0, 0, 0, 0);
    byte[] bytes = new byte[code.position()];
    code.get(0, bytes);
    return bytes;
  }
}

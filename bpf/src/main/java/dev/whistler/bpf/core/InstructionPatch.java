package dev.whistler.bpf.core;

import dev.whistler.bpf.btf.BtfException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes values into instructions (RFC 9669). */
final class InstructionPatch {
  private static final int SLOT_BYTES = 8;
  private static final int LOAD_IMMEDIATE_64 = 0x18;
  private static final int CALL = 0x85;

  /** A helper that does not exist, the same number as libbpf's: "invalid func unknown". */
  private static final int POISON = 0xbad2310;

  private final ByteBuffer code;

  InstructionPatch(byte[] code) {
    this.code = ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN);
  }

  void set(int slot, long value) {
    int at = slot * SLOT_BYTES;
    int opcode = opcode(slot);
    switch (opcode & 7) {
      // Loads and stores carry an offset.
      case 1, 2, 3 -> {
        if (value < Short.MIN_VALUE || value > Short.MAX_VALUE) {
          throw new BtfException("a field lies " + value + " bytes off, too far to load");
        }
        code.putShort(at + 2, (short) value);
      }
      // Arithmetic carries an immediate.
      case 4, 7 -> {
        if (value < Integer.MIN_VALUE || value > 0xffffffffL) {
          throw new BtfException("the answer " + value + " does not fit an instruction");
        }
        code.putInt(at + 4, (int) value);
      }
      case 0 -> {
        if (opcode != LOAD_IMMEDIATE_64 || at + 2 * SLOT_BYTES > code.limit()) {
          throw new BtfException("a CO-RE relocation belongs to no instruction that takes it");
        }
        code.putInt(at + 4, (int) value);
        code.putInt(at + SLOT_BYTES + 4, (int) (value >>> 32));
      }
      default ->
          throw new BtfException("a CO-RE relocation belongs to no instruction that takes it");
    }
  }

  /** Changes the width of a load; stores and others stay as they are. */
  void resizeLoad(int slot, int bytes) {
    int opcode = opcode(slot);
    int size =
        switch (bytes) {
          case 1 -> 0x10;
          case 2 -> 0x08;
          case 4 -> 0x00;
          case 8 -> 0x18;
          default -> -1;
        };
    if ((opcode & 7) == 1 && size >= 0) {
      code.put(slot * SLOT_BYTES, (byte) (opcode & ~0x18 | size));
    }
  }

  void poison(int slot) {
    int slots = opcode(slot) == LOAD_IMMEDIATE_64 ? 2 : 1;
    for (int i = slot; i < slot + slots && (i + 1) * SLOT_BYTES <= code.limit(); i++) {
      code.putInt(i * SLOT_BYTES, CALL);
      code.putInt(i * SLOT_BYTES + 4, POISON);
    }
  }

  private int opcode(int slot) {
    if (slot < 0 || (slot + 1L) * SLOT_BYTES > code.limit()) {
      throw new BtfException("a CO-RE relocation lies outside of the code");
    }
    return Byte.toUnsignedInt(code.get(slot * SLOT_BYTES));
  }
}

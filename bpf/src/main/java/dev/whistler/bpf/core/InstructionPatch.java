package dev.whistler.bpf.core;

import dev.whistler.bpf.btf.BtfException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Writes answers into instructions (RFC 9669). */
final class InstructionPatch {
  private static final int SLOT_BYTES = 8;
  private static final int LOAD_IMMEDIATE_64 = 0x18;
  private static final int CALL = 0x85;
  private static final int SOURCE_REGISTER = 0x08;

  /** A helper that does not exist, the same number as libbpf's: "invalid func unknown". */
  private static final int POISON = 0xbad2310;

  private final ByteBuffer code;

  InstructionPatch(byte[] code) {
    this.code = ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Changes the instruction at a slot.
   *
   * @return why it was poisoned; empty if it was not
   * @throws BtfException if the instruction is none that the relocation can belong to
   */
  Optional<String> apply(int slot, Answer answer) {
    int opcode = opcode(slot);
    return switch (answer) {
      case Answer.None none -> poison(slot, none.why());
      case Answer.Value value ->
          switch (opcode & 7) {
            // Loads and stores carry an offset.
            case 1, 2, 3 -> access(slot, opcode, value);
            // Arithmetic carries an immediate.
            case 4, 7 -> {
              immediate(slot, opcode, value);
              yield Optional.empty();
            }
            case 0 -> {
              wideImmediate(slot, opcode, value);
              yield Optional.empty();
            }
            default -> throw noSuchPlace(slot);
          };
    };
  }

  private Optional<String> access(int slot, int opcode, Answer.Value answer) {
    int at = slot * SLOT_BYTES;
    check(slot, answer, code.getShort(at + 2) == answer.original());
    if (answer.value() > Short.MAX_VALUE) {
      throw new BtfException("a field lies " + answer.value() + " bytes off, too far to load");
    }
    switch (answer.width()) {
      case Answer.Width.Wrong wrong -> {
        return poison(slot, wrong.why());
      }
      case Answer.Width.Same _ -> {}
      case Answer.Width.Changed changed -> {
        if (bytes(opcode) != changed.from()) {
          throw new BtfException(
              "instruction %d accesses %d bytes of a field of %d"
                  .formatted(slot, bytes(opcode), changed.from()));
        }
        code.put(at, (byte) (opcode & ~0x18 | size(changed.to())));
      }
    }
    code.putShort(at + 2, (short) answer.value());
    return Optional.empty();
  }

  private void immediate(int slot, int opcode, Answer.Value answer) {
    int at = slot * SLOT_BYTES + 4;
    if ((opcode & SOURCE_REGISTER) != 0) {
      throw noSuchPlace(slot);
    }
    check(slot, answer, code.getInt(at) == (int) answer.original());
    if (answer.value() < Integer.MIN_VALUE || answer.value() > 0xffffffffL) {
      throw new BtfException("the answer " + answer.value() + " does not fit an instruction");
    }
    code.putInt(at, (int) answer.value());
  }

  private void wideImmediate(int slot, int opcode, Answer.Value answer) {
    int at = slot * SLOT_BYTES;
    boolean load =
        opcode == LOAD_IMMEDIATE_64
            && at + 2 * SLOT_BYTES <= code.limit()
            && code.get(at + 1) >> 4 == 0
            && code.getShort(at + 2) == 0
            && code.getInt(at + SLOT_BYTES) == 0;
    if (!load) {
      throw noSuchPlace(slot);
    }
    long held =
        Integer.toUnsignedLong(code.getInt(at + 4)) | (long) code.getInt(at + SLOT_BYTES + 4) << 32;
    check(slot, answer, held == answer.original());
    code.putInt(at + 4, (int) answer.value());
    code.putInt(at + SLOT_BYTES + 4, (int) (answer.value() >>> 32));
  }

  private Optional<String> poison(int slot, String why) {
    int slots = opcode(slot) == LOAD_IMMEDIATE_64 ? 2 : 1;
    for (int i = slot; i < slot + slots && (i + 1) * SLOT_BYTES <= code.limit(); i++) {
      code.putInt(i * SLOT_BYTES, CALL);
      code.putInt(i * SLOT_BYTES + 4, POISON);
    }
    return Optional.of(why);
  }

  private static void check(int slot, Answer.Value answer, boolean holds) {
    if (answer.isChecked() && !holds) {
      throw new BtfException(
          "instruction %d does not hold the %d that its CO-RE relocation says: code and type"
                  .formatted(slot, answer.original())
              + " information of the object do not belong together");
    }
  }

  /** Bytes by the size bits of a load or store. */
  private static int bytes(int opcode) {
    return switch (opcode & 0x18) {
      case 0x00 -> 4;
      case 0x08 -> 2;
      case 0x10 -> 1;
      default -> 8;
    };
  }

  private static int size(long bytes) {
    return switch ((int) bytes) {
      case 1 -> 0x10;
      case 2 -> 0x08;
      case 4 -> 0x00;
      case 8 -> 0x18;
      default -> throw new BtfException("no instruction accesses " + bytes + " bytes");
    };
  }

  private static BtfException noSuchPlace(int slot) {
    return new BtfException(
        "a CO-RE relocation belongs to instruction " + slot + ", which takes none");
  }

  private int opcode(int slot) {
    if (slot < 0 || (slot + 1L) * SLOT_BYTES > code.limit()) {
      throw new BtfException("a CO-RE relocation lies outside of the code");
    }
    return Byte.toUnsignedInt(code.get(slot * SLOT_BYTES));
  }
}

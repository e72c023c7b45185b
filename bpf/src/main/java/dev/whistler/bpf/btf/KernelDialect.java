package dev.whistler.bpf.btf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Rewrites type information so that kernels take it, without moving a type id: what compilers write
 * and no kernel accepts, and kinds that are newer than the kernel (kernel/bpf/btf.c).
 */
final class KernelDialect {
  private static final int INT = 1;
  static final int STRUCT = 4;
  static final int UNION = 5;
  private static final int CONST = 10;
  static final int FUNC = 12;
  static final int FUNC_PROTO = 13;
  private static final int VAR = 14;
  private static final int DATASEC = 15;
  private static final int FLOAT = 16;
  private static final int DECL_TAG = 17;
  private static final int TYPE_TAG = 18;
  static final int ENUM64 = 19;

  private static final int EXTERN = 2;
  private static final int GLOBAL = 1;
  static final int HEAD_BYTES = 12;

  private final Btf btf;
  private final ByteBuffer bytes;

  private KernelDialect(Btf btf) {
    this.btf = btf;
    this.bytes = ByteBuffer.wrap(btf.bytes().clone()).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** What every kernel wants: names of parameters, nothing that is defined elsewhere. */
  static byte[] current(Btf btf) {
    KernelDialect dialect = new KernelDialect(btf);
    for (int id = 1; id < btf.typeCount(); id++) {
      dialect.mend(btf.recordOffset(id));
    }
    return dialect.bytes.array();
  }

  /** The same in the kinds that Linux 5.15 has, and without floating point. */
  static byte[] old(Btf btf) {
    KernelDialect dialect = new KernelDialect(btf);
    for (int id = 1; id < btf.typeCount(); id++) {
      dialect.mend(btf.recordOffset(id));
      dialect.age(btf.recordOffset(id));
    }
    return dialect.bytes.array();
  }

  private void mend(int at) {
    int info = bytes.getInt(at + 4);
    switch (kind(info)) {
      case VAR -> {
        if (bytes.getInt(at + HEAD_BYTES) == EXTERN) {
          bytes.putInt(at + HEAD_BYTES, GLOBAL);
        }
      }
      case FUNC -> {
        if ((info & 0xffff) == EXTERN) {
          // Static: the kernel looks for the code of a global one.
          bytes.putInt(at + 4, info & ~0xffff);
        }
        nameParameters(at);
      }
      case DATASEC -> {
        switch (btf.string(bytes.getInt(at))) {
          case ".ksyms" -> asStructure(at, info & 0xffff);
          case ".kconfig" -> place(at, info & 0xffff);
          default -> {}
        }
      }
      default -> {}
    }
  }

  /** The kernel wants a name for every parameter of a function; any identifier will do. */
  private void nameParameters(int function) {
    int id = bytes.getInt(function + 8);
    if (id <= 0 || id >= btf.typeCount()) {
      return;
    }
    int at = btf.recordOffset(id);
    int info = bytes.getInt(at + 4);
    for (int i = 0; kind(info) == FUNC_PROTO && i < (info & 0xffff); i++) {
      int parameter = at + HEAD_BYTES + i * 8;
      boolean variadic = bytes.getInt(parameter + 4) == 0;
      if (!variadic && btf.string(bytes.getInt(parameter)).isEmpty()) {
        bytes.putInt(parameter, bytes.getInt(function));
      }
    }
  }

  /** Nobody has given the variables places: in a row, as far apart as the largest number. */
  private void place(int at, int variables) {
    bytes.putInt(at + 8, variables * Long.BYTES);
    for (int i = 0; i < variables; i++) {
      int entry = at + HEAD_BYTES + i * 12;
      bytes.putInt(entry + 4, i * Long.BYTES);
      bytes.putInt(entry + 8, (int) btf.sizeOf(bytes.getInt(entry)));
    }
  }

  /** Sections of kernel symbols are none that the kernel knows: a structure as large. */
  private void asStructure(int at, int members) {
    int number = firstNumber();
    if (number == 0) {
      return;
    }
    int size = bytes.getInt(btf.recordOffset(number) + 8);
    bytes.putInt(at, 0).putInt(at + 4, STRUCT << 24 | members).putInt(at + 8, members * size);
    for (int i = 0; i < members; i++) {
      int member = at + HEAD_BYTES + i * 12;
      bytes.putInt(member, 0).putInt(member + 4, number).putInt(member + 8, i * size * 8);
    }
  }

  private void age(int at) {
    int info = bytes.getInt(at + 4);
    int count = info & 0xffff;
    switch (kind(info)) {
      case TYPE_TAG -> bytes.putInt(at, 0).putInt(at + 4, CONST << 24);
      case DECL_TAG ->
          bytes
              .putInt(at + 4, INT << 24)
              .putInt(at, nameOfNumber())
              .putInt(at + 8, 4)
              .putInt(at + HEAD_BYTES, 32);
      case FLOAT -> bytes.putInt(at, 0).putInt(at + 4, STRUCT << 24);
      case ENUM64 -> {
        int number = firstNumber();
        bytes.putInt(at + 4, UNION << 24 | (number == 0 ? 0 : count));
        for (int i = 0; number != 0 && i < count; i++) {
          bytes
              .putInt(at + HEAD_BYTES + i * 12 + 4, number)
              .putInt(at + HEAD_BYTES + i * 12 + 8, 0);
        }
      }
      default -> {}
    }
  }

  /** The id of the first integer of 4 bytes; 0 if there is none. */
  private int firstNumber() {
    for (int id = 1; id < btf.typeCount(); id++) {
      if (btf.type(id) instanceof BtfType.Int number && number.size() == 4) {
        return id;
      }
    }
    return 0;
  }

  private int nameOfNumber() {
    int number = firstNumber();
    return number == 0 ? 0 : bytes.getInt(btf.recordOffset(number));
  }

  private static int kind(int info) {
    return info >>> 24 & 0x1f;
  }
}

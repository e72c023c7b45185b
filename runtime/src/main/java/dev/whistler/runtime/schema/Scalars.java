package dev.whistler.runtime.schema;

/** Conversion between words and scalar types (language §4.3). */
public final class Scalars {
  private Scalars() {}

  /** {@code conv(T, v)}: the low bytes of the word, extended by the type's sign. */
  public static long convert(ScalarType type, long word) {
    return switch (type) {
      case U8 -> word & 0xff;
      case U16 -> word & 0xffff;
      case U32 -> word & 0xffff_ffffL;
      case U64, I64 -> word;
      case I8 -> (byte) word;
      case I16 -> (short) word;
      case I32 -> (int) word;
    };
  }

  /** The type of a map slot of which only the size is known (language §10.4). */
  public static ValueType ofSize(int bytes) {
    return switch (bytes) {
      case 1 -> ScalarType.U8;
      case 2 -> ScalarType.U16;
      case 4 -> ScalarType.U32;
      case 8 -> ScalarType.U64;
      default -> new ValueType.Bytes(bytes);
    };
  }
}

package dev.whistler.bpf.codec;

import java.util.List;

/** The codecs of plain values. Numbers are little-endian. */
public final class Codecs {
  /** 0 to 255. */
  public static final Codec<Integer> U8 = NumberCodec.ofInt("u8", 1, false);

  /** 0 to 65,535. */
  public static final Codec<Integer> U16 = NumberCodec.ofInt("u16", 2, false);

  /** 0 to 2^32 − 1. */
  public static final Codec<Long> U32 = NumberCodec.ofLong("u32", 4, false);

  /** The 64 bits of an unsigned number, as {@link Long#toUnsignedString(long)} takes them. */
  public static final Codec<Long> U64 = NumberCodec.ofLong("u64", 8, false);

  /** −128 to 127. */
  public static final Codec<Integer> I8 = NumberCodec.ofInt("i8", 1, true);

  /** −32,768 to 32,767. */
  public static final Codec<Integer> I16 = NumberCodec.ofInt("i16", 2, true);

  /** −2^31 to 2^31 − 1. */
  public static final Codec<Integer> I32 = NumberCodec.ofInt("i32", 4, true);

  /** −2^63 to 2^63 − 1. */
  public static final Codec<Long> I64 = NumberCodec.ofLong("i64", 8, true);

  /** One byte, true if it is not 0. */
  public static final Codec<Boolean> BOOL = new BoolCodec();

  private Codecs() {}

  /** Raw bytes; values have exactly so many. */
  public static Codec<byte[]> bytes(int size) {
    return new BytesCodec(requireSize(size));
  }

  /**
   * UTF-8 text in a char array: it ends at the first zero byte or fills the array, and may not hold
   * U+0000. Bytes that are no UTF-8 are read as U+FFFD, hence not written back as they were.
   */
  public static Codec<String> text(int size) {
    return new TextCodec(requireSize(size));
  }

  /** An array; values have exactly so many elements. */
  public static <T> Codec<List<T>> list(Codec<T> element, int count) {
    return list(element, element.size(), count);
  }

  /**
   * An array with gaps, as of per-CPU values.
   *
   * @param stride bytes from the beginning of an element to the next; at least those of an element
   */
  public static <T> Codec<List<T>> list(Codec<T> element, int stride, int count) {
    return new ListCodec<>(element, stride, count);
  }

  static int requireSize(int size) {
    if (size < 0) {
      throw new CodecException("there are no " + Integer.toUnsignedString(size) + " bytes in Java");
    }
    return size;
  }

  /** The codec of an integer of 1, 2, 4 or 8 bytes. */
  static Codec<?> integer(int size, boolean signed) {
    return switch (size) {
      case 1 -> signed ? I8 : U8;
      case 2 -> signed ? I16 : U16;
      case 4 -> signed ? I32 : U32;
      case 8 -> signed ? I64 : U64;
      default -> throw new CodecException("there is no integer of " + size + " bytes");
    };
  }
}

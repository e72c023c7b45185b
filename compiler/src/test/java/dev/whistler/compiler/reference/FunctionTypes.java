package dev.whistler.compiler.reference;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * BTF (include/uapi/linux/btf.h) with nothing but the functions that {@code ObjectWriter} describes
 * in each object: the kernel takes no callback without. It serves all programs of a session, and is
 * public for code generators of {@link MutantLoader}.
 */
public final class FunctionTypes {
  private static final int MAGIC = 0xeb9f;
  private static final int HEADER_BYTES = 24;
  private static final int INT = 1 << 24;
  private static final int POINTER = 2 << 24;
  private static final int FUNCTION = 12 << 24;
  private static final int PROTOTYPE = 13 << 24;
  private static final int SIGNED = 1 << 24;
  private static final int GLOBAL = 1;
  private static final int MOST_PARAMETERS = 5;
  private static final byte[] STRINGS = "\0u64\0int\0f\0".getBytes(StandardCharsets.US_ASCII);
  private static final int U64_NAME = 1;
  private static final int INT_NAME = 5;
  private static final int NAME = 9;

  /** Id of {@code int (void *)}. */
  public static final int PROGRAM = 5;

  /** Id of {@code u64 ()}; that with one parameter comes two later, and so on. */
  private static final int SUBPROGRAM = 7;

  private FunctionTypes() {}

  /** Id of a subprogram: all its parameters are words. */
  public static int subprogram(int parameters) {
    return SUBPROGRAM + 2 * parameters;
  }

  /** The section {@code .BTF}. */
  static byte[] bytes() {
    List<Integer> types = new ArrayList<>();
    types.addAll(List.of(U64_NAME, INT, 8, 64));
    types.addAll(List.of(INT_NAME, INT, 4, SIGNED | 32));
    types.addAll(List.of(0, POINTER, 0));
    types.addAll(List.of(0, PROTOTYPE | 1, 2, NAME, 3));
    types.addAll(List.of(NAME, FUNCTION | GLOBAL, 4));
    for (int parameters = 0; parameters <= MOST_PARAMETERS; parameters++) {
      types.addAll(List.of(0, PROTOTYPE | parameters, 1));
      for (int i = 0; i < parameters; i++) {
        types.addAll(List.of(NAME, 1));
      }
      types.addAll(List.of(NAME, FUNCTION, subprogram(parameters) - 1));
    }
    int typeBytes = types.size() * Integer.BYTES;
    ByteBuffer btf =
        ByteBuffer.allocate(HEADER_BYTES + typeBytes + STRINGS.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    btf.putShort((short) MAGIC).putShort((short) 1).putInt(HEADER_BYTES);
    btf.putInt(0).putInt(typeBytes).putInt(typeBytes).putInt(STRINGS.length);
    types.forEach(btf::putInt);
    return btf.put(STRINGS).array();
  }
}

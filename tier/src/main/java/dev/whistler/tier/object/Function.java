package dev.whistler.tier.object;

import java.util.Map;
import java.util.Set;

/**
 * A program or a function that programs call.
 *
 * @param name its symbol
 * @param section the name of its section; {@code .text} holds functions that are no programs
 * @param size instruction slots of 8 bytes
 * @param references what the object puts into some slots when it is linked
 * @param patched slots whose numbers the loader takes from the running kernel
 */
public record Function(
    String name,
    String section,
    Code code,
    int size,
    Map<Integer, Reference> references,
    Set<Integer> patched) {

  /** What a slot refers to. */
  public sealed interface Reference {
    /** The address of a map. */
    record ToMap(MapType type) implements Reference {}

    /** An address among the object's own variables. */
    record ToData() implements Reference {}

    /** A function, by its index in {@link ObjectCode#functions}: called, or its address taken. */
    record ToFunction(int index) implements Reference {}
  }

  /** The instructions of a function. */
  public static final class Code {
    private final Bytes bytes;

    Code(Bytes bytes) {
      this.bytes = bytes;
    }

    public int opcode(int slot) {
      return bytes.u8(8L * slot);
    }

    public int target(int slot) {
      return bytes.u8(8L * slot + 1) & 15;
    }

    public int source(int slot) {
      return bytes.u8(8L * slot + 1) >> 4;
    }

    public int offset(int slot) {
      return bytes.s16(8L * slot + 2);
    }

    public int immediate(int slot) {
      return bytes.i32(8L * slot + 4);
    }
  }
}

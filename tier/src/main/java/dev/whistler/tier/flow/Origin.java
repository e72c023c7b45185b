package dev.whistler.tier.flow;

import java.util.ArrayList;
import java.util.List;

/** Where a value can come from: sets of bits. */
final class Origin {
  /** The constant 0. */
  static final int NULL = 1;

  /** A number that is no address; beside others, one that was computed from their addresses. */
  static final int NUMBER = 1 << 1;

  static final int STACK = 1 << 2;
  static final int MAP_VALUE = 1 << 3;

  /** A record of a ring, reserved and not yet submitted. */
  static final int RECORD = 1 << 4;

  /** A variable of the object. */
  static final int GLOBAL = 1 << 5;

  static final int PACKET = 1 << 6;
  static final int CONTEXT = 1 << 7;

  /**
   * What only the verifier knows by its type: a number, or the address of an object of the kernel.
   */
  static final int KERNEL = 1 << 8;

  static final int MAP = 1 << 9;
  static final int FUNCTION = 1 << 10;
  static final int UNKNOWN = 1 << 11;

  /**
   * What was loaded from a map, ring or global: a number, or an address that the kernel put there.
   */
  static final int FIELD = 1 << 12;

  /** What the verifier may know to be an address though it looks like a number here. */
  static final int TYPED = KERNEL | FIELD;

  /** What a program that only observes may write. */
  static final int OWN = STACK | MAP_VALUE | RECORD | GLOBAL;

  private static final String[] NAMES = {
    "a null pointer",
    "a number",
    "the stack",
    "a map value",
    "a ring record",
    "a global",
    "a packet",
    "the context",
    "an object of the kernel",
    "a map",
    "a function",
    "an unknown address",
    "an address out of a map"
  };

  private Origin() {}

  /** Whether it is no address but perhaps of an object of the kernel. */
  static boolean isPlain(int origins) {
    return (origins & ~(NULL | NUMBER | TYPED)) == 0;
  }

  /** What a value may be that must not be written through, for sentences. */
  static String text(int origins, int allowed) {
    int bad = origins & ~allowed & ~NULL;
    // A number beside the address that it was made of says less.
    int telling = (bad & ~NUMBER) == 0 ? bad : bad & ~NUMBER;
    if (telling == NUMBER) {
      return (origins & ~NUMBER & ~NULL) == 0
          ? "an address that is a number"
          : "an address computed in a way that cannot be followed";
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < NAMES.length; i++) {
      if ((telling & 1 << i) != 0) {
        names.add(NAMES[i]);
      }
    }
    return names.isEmpty() ? NAMES[0] : String.join(" or ", names);
  }
}

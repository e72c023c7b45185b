package dev.whistler.tier.flow;

import java.util.stream.LongStream;

/**
 * What is known of a register or stack slot.
 *
 * @param origins where it can come from, bits of {@link Origin}
 * @param known what {@code detail} is
 * @param detail more of it
 */
record Value(int origins, Known known, long detail) {
  /** What the detail of a value says. */
  enum Known {
    NOTHING,
    /** The number. */
    NUMBER,
    /** Frame and offset, as {@link Value#stack}. */
    STACK_PLACE,
    /** The frame only. */
    STACK_FRAME,
    /** The offset in the context. */
    CONTEXT_OFFSET,
    /** The types that a map can have and the type of the maps in it. */
    MAP_TYPES,
    /** Index of the function. */
    FUNCTION
  }

  private static final int INNER_SHIFT = 48;
  private static final long TYPES = (1L << INNER_SHIFT) - 1;
  private static final long UNKNOWN_TYPE = 1;

  static final Value UNKNOWN = of(Origin.UNKNOWN);
  static final Value SOME_NUMBER = of(Origin.NUMBER);
  static final Value ZERO = new Value(Origin.NULL, Known.NUMBER, 0);

  static Value of(int origins) {
    return new Value(origins, Known.NOTHING, 0);
  }

  static Value number(long number) {
    return number == 0 ? ZERO : new Value(Origin.NUMBER, Known.NUMBER, number);
  }

  /** An address in the stack; frame 0 is that of the program, offsets count from its upper end. */
  static Value stack(int frame, int offset) {
    return new Value(Origin.STACK, Known.STACK_PLACE, (long) frame << 32 | offset & 0xffffffffL);
  }

  static Value context(int offset) {
    return new Value(Origin.CONTEXT, Known.CONTEXT_OFFSET, offset);
  }

  /**
   * A map.
   *
   * @param inner the type of the maps in it, 0 if there are none or it is not known
   */
  static Value map(int type, int inner) {
    boolean telling = type > 0 && type < INNER_SHIFT;
    boolean innerTelling = inner > 0 && inner < INNER_SHIFT;
    return new Value(
        Origin.MAP,
        Known.MAP_TYPES,
        (innerTelling ? (long) inner << INNER_SHIFT : 0) | (telling ? 1L << type : UNKNOWN_TYPE));
  }

  /** The types that a map can have, 0 for one that is not known. */
  int[] mapTypes() {
    return known == Known.MAP_TYPES
        ? LongStream.of(detail & TYPES)
            .flatMap(types -> LongStream.range(0, INNER_SHIFT).filter(t -> (types >> t & 1) != 0))
            .mapToInt(type -> (int) type)
            .toArray()
        : new int[] {0};
  }

  /** The type of the maps in a map, 0 if it is not known. */
  int innerType() {
    return known == Known.MAP_TYPES ? (int) (detail >>> INNER_SHIFT) : 0;
  }

  static Value function(int index) {
    return new Value(Origin.FUNCTION, Known.FUNCTION, index);
  }

  boolean isNumber() {
    return known == Known.NUMBER;
  }

  /** The low half of the detail: offset, or index of a function. */
  int low() {
    return (int) detail;
  }

  /** The high half of the detail: frame. */
  int high() {
    return (int) (detail >> 32);
  }

  /** Without a constant's being 0 among what it can be. */
  Value notNull() {
    int rest = origins & ~Origin.NULL;
    return rest == 0 || rest == origins ? this : new Value(rest, known, detail);
  }

  /** What is either this or the other. */
  Value join(Value other) {
    if (equals(other)) {
      return this;
    }
    int both = origins | other.origins;
    // The place of an address is that of the only one of the two that is an address.
    Value address = origins == Origin.NULL ? other : other.origins == Origin.NULL ? this : null;
    if (address != null && address.known != Known.NUMBER) {
      return new Value(both, address.known, address.detail);
    }
    if (known == other.known && detail == other.detail && known != Known.NUMBER) {
      return new Value(both, known, detail);
    }
    if (known == Known.MAP_TYPES && other.known == Known.MAP_TYPES) {
      long inner = innerType() == other.innerType() ? detail & ~TYPES : 0;
      return new Value(both, known, inner | (detail | other.detail) & TYPES);
    }
    boolean oneFrame = inFrame() && other.inFrame() && frame() == other.frame();
    return oneFrame ? new Value(both, Known.STACK_FRAME, (long) frame() << 32) : of(both);
  }

  private boolean inFrame() {
    return known == Known.STACK_PLACE || known == Known.STACK_FRAME;
  }

  /** The frame of an address in the stack, or -1. */
  int frame() {
    return inFrame() ? high() : -1;
  }

  /** What remains of this and another in a number that was computed from them. */
  Value mixed(Value other) {
    return of((origins | other.origins) & ~(Origin.NULL | Origin.TYPED) | Origin.NUMBER);
  }

  Value plus(Value other) {
    if (Origin.isPlain(origins) && Origin.isPlain(other.origins)) {
      return isNumber() && other.isNumber()
          ? number(detail + other.detail)
          : of((origins | other.origins) & Origin.TYPED | Origin.NUMBER);
    }
    if (Origin.isPlain(other.origins) && isAddress()) {
      return moved(other, 1);
    }
    if (Origin.isPlain(origins) && other.isAddress()) {
      return other.moved(this, 1);
    }
    return mixed(other);
  }

  Value minus(Value other) {
    if (Origin.isPlain(origins) && Origin.isPlain(other.origins)) {
      return isNumber() && other.isNumber()
          ? number(detail - other.detail)
          : of((origins | other.origins) & Origin.TYPED | Origin.NUMBER);
    }
    if (Origin.isPlain(other.origins) && isAddress()) {
      return moved(other, -1);
    }
    // A distance within one object is no address, whatever it is added to.
    boolean distance =
        origins == other.origins
            && Integer.bitCount(origins) == 1
            && (origins & (Origin.OWN | Origin.PACKET)) != 0;
    return distance ? SOME_NUMBER : mixed(other);
  }

  /** Whether it is an address, or null, and nothing that was computed from one. */
  private boolean isAddress() {
    return (origins & (Origin.NUMBER | Origin.TYPED | Origin.UNKNOWN)) == 0;
  }

  private Value moved(Value by, int sign) {
    // Null moved by an address is that address.
    int both = (origins & Origin.NULL) == 0 ? origins : origins | by.origins & Origin.TYPED;
    if (by.isNumber()
        && by.detail == (int) by.detail
        && Math.abs(by.detail) < 1 << 20
        && (known == Known.STACK_PLACE || known == Known.CONTEXT_OFFSET)) {
      int offset = low() + sign * (int) by.detail;
      return Math.abs(offset) < 1 << 24
          ? new Value(both, known, detail & ~0xffffffffL | offset & 0xffffffffL)
          : of(both);
    }
    return inFrame() ? new Value(both, Known.STACK_FRAME, (long) frame() << 32) : of(both);
  }
}

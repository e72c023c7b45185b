package dev.whistler.compiler.ir;

import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StaticType;
import java.util.List;

/**
 * Loads and stores. Instructions have 16-bit displacements; larger ones are added first. The kernel
 * refuses stack accesses that are not aligned to their width, so these are done in pieces.
 */
final class MemoryLowering {
  private final Builder builder;

  MemoryLowering(Builder builder) {
    this.builder = builder;
  }

  /** An address as the instructions take it. */
  private record Place(Value base, int displacement) {
    Place plus(int bytes) {
      return new Place(base, displacement + bytes);
    }
  }

  private Place place(Value pointer, long displacement, int length) {
    if (pointer.operation() instanceof Operation.StackAddress address) {
      long total = address.displacement() + displacement;
      if (Short.MIN_VALUE <= total && total <= Short.MAX_VALUE - length) {
        return new Place(
            builder.routine().leaf(new Operation.StackAddress(address.object(), 0)), (int) total);
      }
    }
    if (displacement < Short.MIN_VALUE || displacement > Short.MAX_VALUE - length) {
      return new Place(
          builder.binary(Operator.ADD, pointer, builder.constant(displacement), pointer.type()), 0);
    }
    return new Place(pointer, (int) displacement);
  }

  /** The widest access, up to {@code width}, that is aligned if the place is on the stack. */
  private static int aligned(Place place, int width) {
    if (!(place.base().operation() instanceof Operation.StackAddress address)) {
      return width;
    }
    int lowest = Integer.lowestOneBit(place.displacement() | address.object().alignment());
    return Math.min(width, Math.min(lowest, 8));
  }

  Value load(ScalarType scalar, Value pointer, long displacement, StaticType type) {
    if (isContext(pointer) && displacement >= 0 && displacement <= Short.MAX_VALUE) {
      return contextLoad(scalar, pointer, (int) displacement, type);
    }
    Place place = place(pointer, displacement, 8);
    int width = scalar.width();
    int piece = aligned(place, width);
    if (piece == width) {
      Value word =
          builder.emit(
              new Operation.Load(width, place.displacement()),
              scalar.signed() ? ScalarType.of(width, false) : type,
              place.base());
      return scalar.signed() ? builder.extend(scalar, word) : word;
    }
    Value word = builder.constant(0);
    for (int at = 0; at < width; at += piece) {
      Value part =
          builder.emit(
              new Operation.Load(piece, place.displacement() + at),
              ScalarType.of(piece, false),
              place.base());
      Value shifted =
          at == 0
              ? part
              : builder.binary(
                  Operator.SHIFT_LEFT, part, builder.constant(8L * at), ScalarType.U64);
      word = at == 0 ? shifted : builder.binary(Operator.OR, word, shifted, ScalarType.U64);
    }
    return scalar.signed() ? builder.extend(scalar, word) : word;
  }

  void store(int width, Value pointer, long displacement, Value value) {
    if (isContext(pointer) && displacement >= 0 && displacement <= Short.MAX_VALUE) {
      contextStore(width, pointer, (int) displacement, value);
      return;
    }
    store(place(pointer, displacement, 8), width, value);
  }

  private void store(Place place, int width, Value value) {
    int piece = aligned(place, width);
    for (int at = 0; at < width; at += piece) {
      Value part = value;
      if (at > 0) {
        part =
            value.operation() instanceof Operation.Constant constant
                ? builder.constant(constant.value() >>> (8 * at))
                : builder.binary(
                    Operator.SHIFT_RIGHT, value, builder.constant(8L * at), ScalarType.U64);
      }
      builder.emit(
          new Operation.Store(piece, place.displacement() + at),
          ScalarType.U64,
          place.base(),
          part);
    }
  }

  /** A slot of {@code size} bytes gets the low bytes of a value; bytes beyond 8 become zero. */
  void storeSlot(StackObject object, int size, Value value) {
    Value address = builder.routine().leaf(new Operation.StackAddress(object, 0));
    int rest = Math.min(size, 8);
    int at = 0;
    while (rest > 0) {
      int width = Integer.highestOneBit(rest);
      Value part =
          at == 0
              ? value
              : value.operation() instanceof Operation.Constant constant
                  ? builder.constant(constant.value() >>> (8 * at))
                  : builder.binary(
                      Operator.SHIFT_RIGHT, value, builder.constant(8L * at), ScalarType.U64);
      store(new Place(address, at), width, part);
      at += width;
      rest -= width;
    }
    if (size > 8) {
      builder.emit(
          new Operation.Zero(List.of(new Operation.ByteRange(8, size))), ScalarType.U64, address);
    }
  }

  void fill(Value pointer, long displacement, Value value, int length) {
    if (length == 0) {
      return;
    }
    Place place = place(pointer, displacement, length);
    if (value.operation() instanceof Operation.Constant constant) {
      long pattern = (constant.value() & 0xff) * 0x0101010101010101L;
      if (pattern == 0) {
        zero(place, length);
        return;
      }
      value = builder.constant(pattern);
    } else {
      value =
          builder.binary(
              Operator.MULTIPLY,
              builder.extend(ScalarType.U8, value),
              builder.constant(0x0101010101010101L),
              ScalarType.U64);
    }
    for (int at = 0; at < length; ) {
      int width = piece(length - at, place.plus(at));
      store(place.plus(at), width, value);
      at += width;
    }
  }

  private void zero(Place place, int length) {
    Value base = place.base();
    int start = place.displacement();
    if (start < 0) {
      base = builder.binary(Operator.ADD, base, builder.constant(start), base.type());
      start = 0;
    }
    builder.emit(
        new Operation.Zero(List.of(new Operation.ByteRange(start, start + length))),
        ScalarType.U64,
        base);
  }

  private static int piece(int rest, Place... places) {
    int width = Math.min(8, Integer.highestOneBit(rest));
    for (Place place : places) {
      width = aligned(place, width);
    }
    return width;
  }

  void copy(Value target, long targetDisplacement, Value source, long sourceDisplacement, int n) {
    Place to = place(target, targetDisplacement, n);
    Place from = place(source, sourceDisplacement, n);
    for (int at = 0; at < n; ) {
      int width = piece(n - at, to.plus(at), from.plus(at));
      Value part =
          builder.emit(
              new Operation.Load(width, from.displacement() + at),
              ScalarType.of(width, false),
              from.base());
      store(to.plus(at), width, part);
      at += width;
    }
  }

  Value atomicAdd(ScalarType scalar, Value pointer, long displacement, Value value, boolean fetch) {
    Place place = place(pointer, displacement, 8);
    Value before =
        builder.emit(
            new Operation.AtomicAdd(scalar.width(), place.displacement(), fetch),
            ScalarType.of(scalar.width(), false),
            place.base(),
            value);
    return fetch ? scalar.signed() ? builder.extend(scalar, before) : before : builder.constant(0);
  }

  Value contextLoad(ScalarType scalar, Value context, int offset, StaticType type) {
    Value word =
        builder.emit(
            new Operation.ContextLoad(scalar.width(), offset),
            scalar.signed() ? ScalarType.of(scalar.width(), false) : type,
            context);
    return scalar.signed() ? builder.extend(scalar, word) : word;
  }

  void contextStore(int width, Value context, int offset, Value value) {
    builder.emit(new Operation.ContextStore(width, offset), ScalarType.U64, context, value);
  }

  private static boolean isContext(Value pointer) {
    return !pointer.isLeaf()
        && !(pointer.operation() instanceof Operation.Binary)
        && pointer.region() == Region.CONTEXT;
  }
}

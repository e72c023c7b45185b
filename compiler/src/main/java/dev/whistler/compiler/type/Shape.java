package dev.whistler.compiler.type;

import java.util.Optional;

/** What a {@link Field} is, through typedefs and qualifiers. */
public sealed interface Shape {
  /** Bytes of the whole field. */
  int size();

  /** Whether the kernel calls it, or its elements, signed. */
  default boolean signed() {
    return false;
  }

  /** What a field of a tracepoint's record may be. */
  sealed interface InRecord extends Shape {
    /** As the schema names it. */
    default String kind() {
      return switch (this) {
        case Scalar _ -> "scalar";
        case Array _ -> "array";
        case Location location -> location.relative() ? "rel-loc" : "data-loc";
      };
    }
  }

  /** What a member of a kernel struct may be. */
  sealed interface InStruct extends Shape {}

  /** What an element of an array may be. */
  sealed interface Element extends InStruct {
    /** An integer of any size. */
    static Element of(int size, boolean signed) {
      Optional<Element> scalar = ScalarType.ofWidth(size, signed).map(Scalar::new);
      return scalar.orElseGet(() -> new Opaque(size, signed));
    }
  }

  /** What a parameter of a kernel function may be; each begins a word of 8 bytes. */
  sealed interface InArguments extends Shape {}

  /** What a field of a context may be. */
  sealed interface InContext extends Shape {
    /** What one load reads of it. */
    ScalarType loaded();
  }

  /**
   * A number.
   *
   * @param loaded the type of its value
   * @param slot that of the bytes that it has: wider than the value for an argument of a system
   *     call, whose slot holds whatever the register held
   */
  record Scalar(ScalarType loaded, ScalarType slot)
      implements InRecord, Element, InArguments, InContext {
    public Scalar(ScalarType type) {
      this(type, type);
    }

    @Override
    public int size() {
      return slot.width();
    }

    @Override
    public boolean signed() {
      return slot.signed();
    }
  }

  /**
   * A pointer.
   *
   * @param loaded u64, or u32 for one into a packet, which the kernel widens
   * @param region what it points into
   */
  record Pointer(ScalarType loaded, Region region) implements InStruct, InArguments, InContext {
    public static final Pointer KERNEL = new Pointer(ScalarType.U64, Region.KERNEL);

    @Override
    public int size() {
      return loaded.width();
    }
  }

  /** Elements that lie side by side. */
  record Array(Element element, int count) implements InRecord, InStruct {
    @Override
    public int size() {
      return element.size() * count;
    }

    @Override
    public boolean signed() {
      return element.signed();
    }
  }

  /** Numbers that are loaded one at a time. */
  record Numbers(ScalarType loaded, int count) implements InContext {
    @Override
    public int size() {
      return loaded.width() * count;
    }
  }

  /**
   * A word that says where something of variable length lies: at which offset, by its low half, and
   * how many bytes it has, by the other.
   *
   * @param relative whether the offset counts from behind the word, not from the record's start
   */
  record Location(boolean relative, boolean signed) implements InRecord {
    @Override
    public int size() {
      return 4;
    }
  }

  /**
   * Some bits of an integer.
   *
   * @param first bit, counted from the field's offset
   * @param bits how many
   * @param size bytes of the integer
   */
  record BitField(int first, int bits, int size, boolean signed) implements InStruct {}

  /** A struct or union. */
  record Nested(int size) implements InStruct {}

  /** What no scalar type holds: a wide integer, a floating-point number, a struct in an array. */
  record Opaque(int size, boolean signed) implements Element {}
}

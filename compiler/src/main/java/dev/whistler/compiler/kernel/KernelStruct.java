package dev.whistler.compiler.kernel;

import java.util.List;
import java.util.Optional;

/**
 * A kernel struct or union.
 *
 * @param cName the kernel's name
 * @param size bytes
 * @param union whether it is a union
 * @param fields members, those of anonymous structs and unions flattened
 */
public record KernelStruct(String cName, int size, boolean union, List<Field> fields) {
  public KernelStruct {
    fields = List.copyOf(fields);
  }

  /** What a member is, through typedef, const and volatile. */
  public enum Shape {
    INTEGER,
    POINTER,
    BIT_FIELD,
    STRUCT,
    ARRAY,
    /** Something that no scalar type holds: a wide integer, a floating-point number. */
    OPAQUE
  }

  /**
   * A member.
   *
   * @param name the kernel's name
   * @param shape what it is
   * @param bitOffset bits from the start of the struct
   * @param bitSize bits of a bit-field, else 8 times {@code size}
   * @param size bytes of the whole member (of the underlying integer for a bit-field)
   * @param signed for integers, enums, bit-fields and elements
   * @param elementSize bytes of an array's element (1, 2, 4 or 8), 0 when it is no scalar
   * @param count elements of an array, else -1
   * @param typeName C name of the struct that it is or points to, else of its typedef ({@code
   *     pid_t}), else empty
   */
  public record Field(
      String name,
      Shape shape,
      int bitOffset,
      int bitSize,
      int size,
      boolean signed,
      int elementSize,
      int count,
      String typeName) {
    /** Bytes from the start of the struct. */
    public int offset() {
      return bitOffset / 8;
    }
  }

  /** The member of that name. */
  public Optional<Field> field(String name) {
    return fields.stream().filter(f -> f.name().equals(name)).findFirst();
  }
}

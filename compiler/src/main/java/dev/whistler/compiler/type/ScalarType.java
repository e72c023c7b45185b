package dev.whistler.compiler.type;

import java.util.Locale;
import java.util.Optional;

/** The scalar types of section 4.2. */
public enum ScalarType implements StaticType {
  U8(1, false),
  U16(2, false),
  U32(4, false),
  U64(8, false),
  I8(1, true),
  I16(2, true),
  I32(4, true),
  I64(8, true);

  private final int width;
  private final String text = name().toLowerCase(Locale.ROOT);
  private final boolean signed;

  ScalarType(int width, boolean signed) {
    this.width = width;
    this.signed = signed;
  }

  /** Width in bytes: 1, 2, 4 or 8. */
  public int width() {
    return width;
  }

  public boolean signed() {
    return signed;
  }

  /** The name in source text and schema, for instance {@code u32}. */
  public String text() {
    return text;
  }

  /** conv(T, v) of section 4.3: truncates to the width, then zero- or sign-extends. */
  public long convert(long value) {
    int shift = 64 - 8 * width;
    return signed ? value << shift >> shift : value << shift >>> shift;
  }

  /**
   * The type of a width and signedness that the compiler itself chose. A width that comes from a
   * kernel or a user goes through {@link #ofWidth}.
   *
   * @throws IllegalArgumentException if no type has that width
   */
  public static ScalarType of(int width, boolean signed) {
    return ofWidth(width, signed)
        .orElseThrow(() -> new IllegalArgumentException("no scalar type of " + width + " bytes"));
  }

  /** The type of a width in bytes and a signedness; empty unless the width is 1, 2, 4 or 8. */
  public static Optional<ScalarType> ofWidth(int width, boolean signed) {
    for (ScalarType type : values()) {
      if (type.width == width && type.signed == signed) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /** The type of that name, synonyms included (section 4.2); empty for any other name. */
  public static Optional<ScalarType> named(String name) {
    return switch (name) {
      case "u8", "bool", "char" -> Optional.of(U8);
      case "u16" -> Optional.of(U16);
      case "u32" -> Optional.of(U32);
      case "u64" -> Optional.of(U64);
      case "i8", "s8" -> Optional.of(I8);
      case "i16", "s16" -> Optional.of(I16);
      case "i32", "s32" -> Optional.of(I32);
      case "i64", "s64" -> Optional.of(I64);
      default -> Optional.empty();
    };
  }
}

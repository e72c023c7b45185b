package dev.whistler.runtime.schema;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The scalar types of a field, key or value (language §4.2), little-endian in memory. */
public enum ScalarType implements ValueType {
  U8("u8", 1, false),
  U16("u16", 2, false),
  U32("u32", 4, false),
  U64("u64", 8, false),
  I8("i8", 1, true),
  I16("i16", 2, true),
  I32("i32", 4, true),
  I64("i64", 8, true);

  private static final Map<String, ScalarType> BY_TEXT =
      Stream.of(values()).collect(Collectors.toMap(ScalarType::text, t -> t));

  private final String text;
  private final int size;
  private final boolean signed;

  ScalarType(String text, int size, boolean signed) {
    this.text = text;
    this.size = size;
    this.signed = signed;
  }

  public static Optional<ScalarType> named(String text) {
    return Optional.ofNullable(BY_TEXT.get(text));
  }

  public String text() {
    return text;
  }

  /** Width in bytes: 1, 2, 4 or 8. */
  @Override
  public int size() {
    return size;
  }

  public boolean signed() {
    return signed;
  }
}

package dev.whistler.runtime.schema;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How a field is rendered (language §9.6). */
public enum Kind {
  STRING("string"),
  BYTES("bytes"),
  IPV4("ipv4"),
  IPV4_HOST("ipv4-host"),
  IPV6("ipv6"),
  MAC("mac"),
  KTIME("ktime"),
  BOOTTIME("boottime"),
  PID("pid"),
  UID("uid"),
  CGROUP("cgroup"),
  ERRNO("errno"),
  ENUM("enum"),
  NUMBER("number");

  private static final Map<String, Kind> BY_TEXT =
      Stream.of(values()).collect(Collectors.toMap(Kind::text, k -> k));

  private final String text;

  Kind(String text) {
    this.text = text;
  }

  public static Optional<Kind> named(String text) {
    return Optional.ofNullable(BY_TEXT.get(text));
  }

  public String text() {
    return text;
  }

  /**
   * Whether a field of this shape may have this kind.
   *
   * @param type type of the field or of its elements
   * @param count elements of the array, 0 for a field that is none
   */
  public boolean fits(ScalarType type, int count) {
    boolean scalar = count == 0;
    int bytes = type.size() * count;
    return switch (this) {
      case STRING -> !scalar && type.size() == 1;
      case BYTES -> !scalar && type == ScalarType.U8;
      case IPV4 -> scalar ? type == ScalarType.U32 : type == ScalarType.U8 && count == 4;
      case IPV4_HOST -> scalar && type == ScalarType.U32;
      case IPV6 -> !scalar && bytes == 16 && !type.signed() && type != ScalarType.U16;
      case MAC -> type == ScalarType.U8 && count == 6;
      case KTIME, BOOTTIME, CGROUP -> scalar && type == ScalarType.U64;
      case PID, UID ->
          scalar && (type == ScalarType.U32 || type == ScalarType.I32 || type == ScalarType.U64);
      case ERRNO ->
          scalar && (type == ScalarType.I32 || type == ScalarType.I64 || type == ScalarType.U32);
      case ENUM, NUMBER -> scalar;
    };
  }
}

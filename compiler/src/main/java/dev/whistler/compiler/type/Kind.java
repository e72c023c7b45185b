package dev.whistler.compiler.type;

import static dev.whistler.compiler.type.ScalarType.I32;
import static dev.whistler.compiler.type.ScalarType.I64;
import static dev.whistler.compiler.type.ScalarType.I8;
import static dev.whistler.compiler.type.ScalarType.U32;
import static dev.whistler.compiler.type.ScalarType.U64;
import static dev.whistler.compiler.type.ScalarType.U8;

import dev.whistler.compiler.type.StructField.FieldType;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiPredicate;

/** How a consumer renders a field (section 9.6). Never affects code. */
public sealed interface Kind {
  /** The kinds without parameters, each with the fields that it suits. */
  enum Simple implements Kind {
    STRING("string", "arrays of u8 or i8", array(U8, I8)),
    BYTES("bytes", "arrays of u8", array(U8)),
    IPV4("ipv4", "u32 and (array u8 4)", scalar(U32).or(array(U8, 4))),
    IPV4_HOST("ipv4-host", "u32", scalar(U32)),
    IPV6(
        "ipv6",
        "(array u8 16), (array u32 4) and (array u64 2)",
        array(U8, 16).or(array(U32, 4)).or(array(U64, 2))),
    MAC("mac", "(array u8 6)", array(U8, 6)),
    KTIME("ktime", "u64", scalar(U64)),
    BOOTTIME("boottime", "u64", scalar(U64)),
    PID("pid", "u32, i32 and u64", scalar(U32, I32, U64)),
    UID("uid", "u32, i32 and u64", scalar(U32, I32, U64)),
    CGROUP("cgroup", "u64", scalar(U64)),
    ERRNO("errno", "i32, i64 and u32", scalar(I32, I64, U32)),
    NUMBER("number", "scalar fields", scalar(ScalarType.values()));

    private final String text;
    private final String suitable;
    private final BiPredicate<ScalarType, Integer> suits;

    Simple(String text, String suitable, BiPredicate<ScalarType, Integer> suits) {
      this.text = text;
      this.suitable = suitable;
      this.suits = suits;
    }

    /** The kind of that name in source text. */
    public static Optional<Simple> named(String name) {
      return Arrays.stream(values()).filter(kind -> kind.text.equals(name)).findFirst();
    }

    private static BiPredicate<ScalarType, Integer> scalar(ScalarType... types) {
      return (type, count) -> count < 0 && Set.of(types).contains(type);
    }

    private static BiPredicate<ScalarType, Integer> array(ScalarType... types) {
      return (type, count) -> count >= 0 && Set.of(types).contains(type);
    }

    private static BiPredicate<ScalarType, Integer> array(ScalarType element, int elements) {
      return (type, count) -> count == elements && type == element;
    }

    @Override
    public String text() {
      return text;
    }

    @Override
    public String suitable() {
      return suitable;
    }

    @Override
    public boolean suits(FieldType type, int count) {
      return type instanceof FieldType.Scalar scalar && suits.test(scalar.type(), count);
    }
  }

  /**
   * Named values.
   *
   * @param labels value to label
   */
  record Enumeration(SortedMap<Long, String> labels) implements Kind {
    public Enumeration {
      labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    @Override
    public String text() {
      return "enum";
    }

    @Override
    public String suitable() {
      return "scalar fields";
    }

    @Override
    public boolean suits(FieldType type, int count) {
      return count < 0 && type instanceof FieldType.Scalar;
    }
  }

  /** The name in source text and schema. */
  String text();

  /** The fields that it suits, in words. */
  String suitable();

  /**
   * Whether a field may have this kind.
   *
   * @param type of the field or of its elements
   * @param count elements of an array; negative for a single value
   */
  boolean suits(FieldType type, int count);
}

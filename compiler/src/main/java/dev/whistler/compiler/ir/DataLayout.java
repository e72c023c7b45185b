package dev.whistler.compiler.ir;

import dev.whistler.compiler.tree.Global;
import dev.whistler.compiler.type.StructField.FieldType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Where globals and constant strings lie in {@code .bss}, {@code .data} and {@code .rodata}: in
 * order of definition, each at its natural alignment; strings follow the constants in {@code
 * .rodata}. The object writer uses the same offsets.
 */
public final class DataLayout {
  private final Map<String, Integer> offsets = new HashMap<>();
  private final Map<String, Integer> sizes = new HashMap<>();
  private final Map<String, Integer> strings = new HashMap<>();
  private final ByteArrayOutputStream stringBytes = new ByteArrayOutputStream();

  public DataLayout(List<Global> globals) {
    for (Global global : globals) {
      int align = alignment(global.type());
      int start = Math.ceilDiv(sizes.getOrDefault(global.section(), 0), align) * align;
      offsets.put(global.symbol(), start);
      sizes.put(global.section(), start + global.size());
    }
  }

  private static int alignment(FieldType type) {
    return switch (type) {
      case FieldType.Scalar scalar -> scalar.type().width();
      case FieldType.Nested nested -> nested.layout().align();
    };
  }

  /** Bytes from the start of the global's section. */
  public int offset(Global global) {
    return Objects.requireNonNull(offsets.get(global.symbol()), global.symbol());
  }

  /** Bytes that the globals of a section take, without strings. */
  public int size(String section) {
    return sizes.getOrDefault(section, 0);
  }

  /** The offset in {@code .rodata} of a NUL-terminated string; equal strings share it. */
  int string(String text) {
    return strings.computeIfAbsent(
        text,
        t -> {
          int offset = size(".rodata") + stringBytes.size();
          stringBytes.writeBytes(t.getBytes(StandardCharsets.UTF_8));
          stringBytes.write(0);
          return offset;
        });
  }

  /** The strings asked for so far, each with its NUL. */
  public byte[] strings() {
    return stringBytes.toByteArray();
  }
}

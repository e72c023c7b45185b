package dev.whistler.compiler.tree;

import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.type.StructField;

/**
 * A global variable (section 19.3).
 *
 * @param name source name
 * @param symbol C name
 * @param type the type of the variable or of its elements
 * @param count elements of an array, or -1
 * @param initial initial value of a scalar; 0 otherwise
 * @param constant whether it lives in {@code .rodata}
 * @param origin its definition
 */
public record Global(
    String name,
    String symbol,
    StructField.FieldType type,
    int count,
    long initial,
    boolean constant,
    Origin origin) {
  /** Bytes. */
  public int size() {
    return type.size() * Math.max(count, 1);
  }

  /** The section it lives in. */
  public String section() {
    return constant ? ".rodata" : initial != 0 ? ".data" : ".bss";
  }
}

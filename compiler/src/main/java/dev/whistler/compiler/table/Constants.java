package dev.whistler.compiler.table;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/** Built-in integer constants (appendix A.1), all {@code errno} names included. */
public final class Constants {
  private static final Map<String, Long> VALUES = read();

  private Constants() {}

  private static Map<String, Long> read() {
    Map<String, Long> values = new LinkedHashMap<>();
    for (String line : TableText.lines("constants.txt")) {
      int space = line.indexOf(' ');
      values.put(line.substring(0, space), Long.parseLong(line.substring(space + 1)));
    }
    return Collections.unmodifiableMap(values);
  }

  /** The value of a constant by its folded (lower-case) name. */
  public static OptionalLong value(String name) {
    Long value = VALUES.get(name);
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  /** All constants by folded name, in the order of the appendix. */
  public static Map<String, Long> all() {
    return VALUES;
  }
}

package dev.whistler.compiler.table;

import java.util.HashMap;
import java.util.Map;

/** Numbers of the kernel's program types, attach types and helpers, by the kernel's names. */
final class KernelNames {
  private static final Map<String, Integer> NUMBERS = read();

  private KernelNames() {}

  private static Map<String, Integer> read() {
    Map<String, Integer> numbers = new HashMap<>();
    for (String line : TableText.lines("kernel-names.txt")) {
      int space = line.indexOf(' ');
      numbers.put(line.substring(0, space), Integer.valueOf(line.substring(space + 1)));
    }
    return Map.copyOf(numbers);
  }

  static Map<String, Integer> all() {
    return NUMBERS;
  }

  /** The number of a name that a row of another table uses. */
  static int number(String name) {
    Integer number = NUMBERS.get(name);
    if (number == null) {
      throw new IllegalStateException("kernel-names.txt lacks " + name);
    }
    return number;
  }
}

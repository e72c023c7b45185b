package dev.whistler.tier.table;

import dev.whistler.tier.Tier;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What the programs of a section may do.
 *
 * @param name the section, without the target
 * @param tier the lowest tier that may have such programs
 * @param observeReturn the only return value in {@code observe}; empty: any
 * @param actReturn the only return value in {@code act}; empty: any
 * @param packetPointers the fields of the context that point to packets, as {@link #field}
 * @param isContextOfNumbers whether no field of the context is a pointer
 */
public record SectionRule(
    String name,
    Tier tier,
    OptionalLong observeReturn,
    OptionalLong actReturn,
    Set<Long> packetPointers,
    boolean isContextOfNumbers) {

  private static final Map<String, SectionRule> TABLE = read();

  public SectionRule {
    packetPointers = Set.copyOf(packetPointers);
  }

  private static Map<String, SectionRule> read() {
    Map<String, SectionRule> rules = new HashMap<>();
    for (List<String> row : TableText.rows("sections.txt", 5)) {
      Set<Long> pointers = new HashSet<>();
      boolean numbers = row.get(4).equals("numbers");
      for (String word : numbers ? List.<String>of() : TableText.words(row.get(4))) {
        String[] parts = word.split(":", -1);
        pointers.add(field(Integer.parseInt(parts[0]), Integer.parseInt(parts[1])));
      }
      rules.put(
          row.get(0),
          new SectionRule(
              row.get(0),
              Tier.of(row.get(1)),
              value(row.get(2)),
              value(row.get(3)),
              pointers,
              numbers));
    }
    return Map.copyOf(rules);
  }

  private static OptionalLong value(String cell) {
    return cell.equals("any") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(cell));
  }

  /** A field of the context. */
  public static long field(int offset, int bytes) {
    return (long) offset << 32 | bytes;
  }

  /** The names of all rows. */
  public static Set<String> names() {
    return TABLE.keySet();
  }

  /**
   * The rule of a section: the longest row that is its name, or its name up to a slash. A question
   * mark in front, which leaves loading to the user, means nothing.
   *
   * @return empty if no row covers the name
   */
  public static Optional<SectionRule> of(String section) {
    String name = section.startsWith("?") ? section.substring(1) : section;
    int end = name.length();
    while (end > 0) {
      SectionRule rule = TABLE.get(name.substring(0, end));
      if (rule != null) {
        return Optional.of(rule);
      }
      end = name.lastIndexOf('/', end - 1);
    }
    return Optional.empty();
  }

  /** The only value that a program may return in a tier; empty: any. */
  public OptionalLong returns(Tier in) {
    return switch (in) {
      case OBSERVE -> observeReturn;
      case ACT -> actReturn;
      case UNRESTRICTED -> OptionalLong.empty();
    };
  }
}

package dev.whistler.tier.table;

import dev.whistler.tier.Tier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a map type means for a tier.
 *
 * @param number enum bpf_map_type
 * @param name for sentences
 * @param tier the lowest tier that may use such maps
 * @param changeTier the lowest tier whose programs may change their entries
 * @param element what a look-up gives
 */
public record MapRule(int number, String name, Tier tier, Tier changeTier, Element element) {

  private static final Map<Integer, MapRule> TABLE = read();

  /** What a look-up gives. */
  public enum Element {
    MAP_VALUE,
    MAP,
    KERNEL
  }

  private static Map<Integer, MapRule> read() {
    Map<Integer, MapRule> rules = new HashMap<>();
    for (List<String> row : TableText.rows("maps.txt", 5)) {
      int number = Integer.parseInt(row.get(0));
      rules.put(
          number,
          new MapRule(
              number,
              row.get(1),
              Tier.of(row.get(2)),
              Tier.of(row.get(3)),
              switch (row.get(4)) {
                case "map-value" -> Element.MAP_VALUE;
                case "map" -> Element.MAP;
                case "kernel" -> Element.KERNEL;
                default -> throw new IllegalStateException("no look-up gives " + row.get(4));
              }));
    }
    return Map.copyOf(rules);
  }

  /** The rule of a map type; empty if none is listed. */
  public static Optional<MapRule> of(int number) {
    return Optional.ofNullable(TABLE.get(number));
  }
}

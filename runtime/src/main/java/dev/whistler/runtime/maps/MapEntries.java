package dev.whistler.runtime.maps;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * Entries for one map, as JSON by the map's schema: structs as objects, kinds as text such as
 * {@code "10.0.0.7"}, numbers as numbers or decimal text. Keys have all their fields; fields that a
 * value leaves out are 0. Keys of tries may be text as {@code "10.0.0.0/8"}.
 *
 * @param map name of the map
 * @param mode what happens to other entries of the map
 * @param entries at most 1,000 over all maps of a program
 */
public record MapEntries(String map, Mode mode, List<Entry> entries) {
  public MapEntries {
    entries = List.copyOf(entries);
  }

  /** Whose the map's contents are. */
  public enum Mode {
    /** Written once when the map is fresh, or when an entry is new or changed in the list. */
    SEED,
    /** The list is all there is: entries that are not in it are removed. */
    OWN
  }

  /** One key and its value. */
  public record Entry(JsonNode key, JsonNode value) {}
}

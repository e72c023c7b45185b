package dev.whistler.runtime.maps;

import java.util.List;

/**
 * The contents of a map at one time, decoded by the schema.
 *
 * @param map name of the map
 * @param type its type as in the source, for instance {@code percpu-hash}
 * @param maxEntries entries it can hold
 * @param rows key and values as JSON text; per-CPU maps have a value per possible CPU
 * @param complete whether all entries are listed; false where the limit cut the list off
 */
public record MapTable(String map, String type, long maxEntries, List<Row> rows, boolean complete) {
  public MapTable {
    rows = List.copyOf(rows);
  }

  /** One entry. Scalars are numbers or kinds as text, structs are objects. */
  public record Row(String key, List<String> values) {
    public Row {
      values = List.copyOf(values);
    }
  }
}

package dev.whistler.runtime.maps;

import dev.whistler.bpf.map.TypedMap;
import java.util.List;

/** The maps of a running program. */
public interface ProgramMaps {
  /** Names of the maps with keys and values, in the order of the source. */
  List<String> names();

  /**
   * What a map holds now. Entries that come and go while reading may be missed, never doubled.
   *
   * @param limit rows at most, ≥ 1
   * @throws IllegalArgumentException if there is no such map
   */
  MapTable read(String map, int limit);

  /**
   * A map as it is now and will be, with keys and values as JSON text by the schema, as in {@link
   * MapTable.Row}: a value for each possible CPU in a per-CPU map, else a list of one. It is used
   * by one thread, and ends with the program. What is written through it counts as written by the
   * program: {@link #apply} neither knows nor limits it.
   *
   * @throws IllegalArgumentException if there is no such map
   * @throws dev.whistler.bpf.codec.CodecException if the schema gives keys or values other sizes
   *     than the map has; later, where a value does not fit the schema
   */
  TypedMap<String, List<String>> view(String map);

  /**
   * Makes the entries of the map what the list says, without a new load. Either all entries fit and
   * are written, or none is.
   *
   * @throws MapEntryException if an entry does not fit the map's types, or the map is full
   */
  void apply(MapEntries entries) throws MapEntryException;
}

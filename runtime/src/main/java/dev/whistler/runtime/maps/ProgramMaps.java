package dev.whistler.runtime.maps;

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
   * Makes the entries of the map what the list says, without a new load. Either all entries fit and
   * are written, or none is.
   *
   * @throws MapEntryException if an entry does not fit the map's types, or the map is full
   */
  void apply(MapEntries entries) throws MapEntryException;
}

package dev.whistler.runtime.account;

/**
 * What programs could not write into a map.
 *
 * @param map name of the map
 * @param failedUpdates updates that failed and whose result the program did not look at, as those
 *     of a new key in a full hash; over all revisions since the program was first started
 */
public record MapCounters(String map, long failedUpdates) {
  MapCounters plus(MapCounters other) {
    return new MapCounters(map, failedUpdates + other.failedUpdates);
  }
}

package dev.whistler.compiler.define;

import dev.whistler.compiler.type.MapDefinition;
import java.util.List;

/**
 * The hidden map of loss counters (section 11.6).
 *
 * @param map the statistics map
 * @param rings names of the ring buffers in the order of their entries
 */
public record RingStatistics(MapDefinition map, List<String> rings) {
  /** The entry of a ring buffer. */
  public int indexOf(MapDefinition ring) {
    return rings.indexOf(ring.name());
  }
}

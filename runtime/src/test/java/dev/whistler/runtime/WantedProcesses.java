package dev.whistler.runtime;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.whistler.runtime.maps.MapEntries;
import java.util.List;

/** Entries for the map of {@link KillsObject} that chooses processes. */
final class WantedProcesses {
  private WantedProcesses() {}

  static List<MapEntries> of(List<Long> pids) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    return List.of(
        new MapEntries(
            "wanted",
            MapEntries.Mode.SEED,
            pids.stream()
                .map(pid -> new MapEntries.Entry(json.numberNode(pid), json.numberNode(0)))
                .toList()));
  }
}

package dev.whistler.runtime.update;

import dev.whistler.runtime.schema.MapSchema;
import dev.whistler.runtime.schema.ObjectSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Which maps a new revision goes on with. The rings and their statistics go together or not at all:
 * counts that began with one revision and positions that began with another would never add up.
 */
public final class CarryRules {
  private final ObjectSchema before;
  private final ObjectSchema after;
  private final String rings;

  /**
   * @param sinksBefore names of the sinks that were delivered to
   * @param sinksAfter names of those that will be
   * @param overlap whether both revisions run for a moment: each then has rings of its own, by
   *     which their records are told apart
   */
  public CarryRules(
      ObjectSchema before,
      ObjectSchema after,
      List<String> sinksBefore,
      List<String> sinksAfter,
      boolean overlap) {
    this.before = before;
    this.after = after;
    rings =
        overlap
            ? "both revisions run for a moment, and their records are told apart by it"
            : ringsDiffer(sinksBefore, sinksAfter);
  }

  /** Whether the rings with their counts go on. */
  public boolean ringsCarried() {
    return rings.isEmpty();
  }

  /** What becomes of each map of the new revision, in its order. */
  public List<CarryOver> decide() {
    List<CarryOver> decisions = new ArrayList<>();
    for (MapSchema map : after.maps()) {
      String reason = map.isRing() || isStatistics(map) ? rings : differs(map);
      decisions.add(new CarryOver(map.name(), reason.isEmpty(), reason));
    }
    return decisions;
  }

  private boolean isStatistics(MapSchema map) {
    ObjectSchema.Stats stats = after.stats();
    return stats != null && after.map(stats.map()).filter(map::equals).isPresent();
  }

  private String ringsDiffer(List<String> sinksBefore, List<String> sinksAfter) {
    List<MapSchema> now = after.maps().stream().filter(MapSchema::isRing).toList();
    List<MapSchema> then = before.maps().stream().filter(MapSchema::isRing).toList();
    if (!names(now).equals(names(then)) || !statistics(before).equals(statistics(after))) {
      return "the rings of the program differ";
    }
    for (int i = 0; i < now.size(); i++) {
      MapSchema ring = now.get(i);
      if (ring.maxEntries() != then.get(i).maxEntries()) {
        return "the size of ring " + ring.name() + " differs";
      }
      if (!ring.records().equals(then.get(i).records())
          || !Objects.equals(ring.tag(), then.get(i).tag())) {
        return "the records of ring " + ring.name() + " differ";
      }
    }
    return sinksBefore.equals(sinksAfter) ? "" : "the sinks differ";
  }

  private static List<String> names(List<MapSchema> maps) {
    return maps.stream().map(MapSchema::symbol).toList();
  }

  private static Optional<ObjectSchema.Stats> statistics(ObjectSchema schema) {
    return Optional.ofNullable(schema.stats());
  }

  private String differs(MapSchema map) {
    Optional<MapSchema> found =
        before.maps().stream().filter(old -> old.symbol().equals(map.symbol())).findFirst();
    if (found.isEmpty()) {
      return "it is new";
    }
    MapSchema old = found.get();
    if (map.symbol().startsWith(".")) {
      return "constants and variables begin anew";
    }
    if (!old.type().equals(map.type()) || old.flags() != map.flags()) {
      return "its type differs";
    }
    if (old.maxEntries() != map.maxEntries()) {
      return "its size differs";
    }
    if (map.key() == null || map.value() == null || map.type().equals("prog-array")) {
      return "it holds what belongs to one revision";
    }
    return Objects.equals(old.key(), map.key()) && Objects.equals(old.value(), map.value())
        ? ""
        : "its keys or values differ";
  }
}

package dev.whistler.tier.flow;

import dev.whistler.tier.Violation;
import dev.whistler.tier.object.Function;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects violations, one for each instruction. */
final class Report {
  /** More of them help nobody. */
  private static final int MAXIMUM = 64;

  private final Map<Place, Violation> found = new LinkedHashMap<>();

  private record Place(String section, String function, int slot) {}

  void add(Violation.Kind kind, Function function, int slot, String what) {
    if (found.size() < MAXIMUM) {
      found.put(
          new Place(function.section(), function.name(), slot),
          new Violation(kind, function.name(), slot, what));
    }
  }

  List<Violation> violations() {
    return List.copyOf(found.values());
  }
}

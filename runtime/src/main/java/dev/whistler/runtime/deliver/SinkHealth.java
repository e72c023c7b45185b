package dev.whistler.runtime.deliver;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Whether a sink works, told when that changes: one that refuses lines and one that stands still
 * are both in trouble until they take some again.
 */
final class SinkHealth {
  private final String sink;
  private final Consumer<@Nullable String> told;

  // Guarded by this.
  private boolean failing;
  private boolean standing;

  /**
   * @param told a sentence when trouble begins, null when it ends; one call at a time
   */
  SinkHealth(String sink, Consumer<@Nullable String> told) {
    this.sink = sink;
    this.told = told;
  }

  /** The outcome of a write: what went wrong, or null. */
  synchronized void failing(@Nullable String problem) {
    if (failing == (problem != null)) {
      return;
    }
    failing = problem != null;
    if (!standing) {
      told.accept(
          problem == null ? null : "The sink '" + sink + "' does not accept records: " + problem);
    }
  }

  /** Lines wait for so long, and it takes none. */
  synchronized void stands(Duration time) {
    if (!standing) {
      standing = true;
      told.accept(
          "The sink '%s' stands still: records have waited for %d s and it takes none; see to its reader."
              .formatted(sink, time.toSeconds()));
    }
  }

  /** It has taken a line. */
  synchronized void takes() {
    if (standing) {
      standing = false;
      if (!failing) {
        told.accept(null);
      }
    }
  }
}

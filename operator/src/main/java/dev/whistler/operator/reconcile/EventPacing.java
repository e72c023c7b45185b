package dev.whistler.operator.reconcile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets each kind of news through at once and then at most once a minute, and counts what it held
 * back: a node that comes and goes makes no flood of writes, and the count is right in the end.
 * Safe for use by several threads.
 *
 * @param <N> the news
 */
final class EventPacing<N> {
  /** As long as one kind of news waits for its next write. */
  static final Duration INTERVAL = Duration.ofMinutes(1);

  /** Kinds of news remembered; what was told longest ago is forgotten first. */
  static final int MAX_KINDS = 4096;

  private final LongSupplier nanos;

  /** In the order of their last writes. */
  private final Map<String, Kind<N>> kinds = new LinkedHashMap<>();

  /**
   * News to be written.
   *
   * @param times how often it happened since it was written last, at least 1
   */
  record Due<N>(N news, int times) {}

  private static final class Kind<N> {
    private final long written;
    private @Nullable N held;
    private int times;

    Kind(long written) {
      this.written = written;
    }
  }

  /** Pacing by a clock that never goes back, such as {@link System#nanoTime}. */
  EventPacing(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * Something happened.
   *
   * @param kind what makes it the same news as before
   * @return what to write now, or nothing while the last write is too recent
   */
  synchronized Optional<Due<N>> offer(String kind, N news) {
    Kind<N> known = kinds.get(kind);
    if (known != null && isRecent(known)) {
      known.held = news;
      known.times++;
      return Optional.empty();
    }
    int before = known == null ? 0 : known.times;
    written(kind);
    return Optional.of(new Due<>(news, before + 1));
  }

  /** What was held back and may be written now. */
  synchronized List<Due<N>> due() {
    List<Due<N>> due = new ArrayList<>();
    for (Map.Entry<String, Kind<N>> entry : List.copyOf(kinds.entrySet())) {
      Kind<N> known = entry.getValue();
      if (isRecent(known)) {
        break;
      }
      kinds.remove(entry.getKey());
      if (known.held != null) {
        due.add(new Due<>(known.held, known.times));
        written(entry.getKey());
      }
    }
    return due;
  }

  /** Nothing is known any more of kinds that begin so, and what was held back is never told. */
  synchronized void forget(String prefix) {
    kinds.keySet().removeIf(kind -> kind.startsWith(prefix));
  }

  private boolean isRecent(Kind<N> kind) {
    return nanos.getAsLong() - kind.written < INTERVAL.toNanos();
  }

  private void written(String kind) {
    kinds.remove(kind);
    if (kinds.size() >= MAX_KINDS) {
      kinds.remove(kinds.keySet().iterator().next());
    }
    kinds.put(kind, new Kind<>(nanos.getAsLong()));
  }
}

package dev.whistler.agent.report;

import dev.whistler.agent.work.Work.Trouble;
import dev.whistler.crds.NodeReason;
import dev.whistler.runtime.account.LossReason;
import dev.whistler.runtime.account.ProgramCounters;
import dev.whistler.runtime.account.RingCounters;
import dev.whistler.runtime.account.SinkCounters;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether one program loses records, from its counts over time. Trouble begins with the first
 * record that is lost, and ends after {@link #QUIET} without another; its numbers are told anew
 * once in {@link #RETELL}. So a status changes at most once a minute. Pure: the time is handed in,
 * by a clock that is never set, as {@link System#nanoTime}, and as people read it.
 */
final class LossTrack {
  /** How long nothing may be lost until all is well again. */
  static final Duration QUIET = Duration.ofMinutes(5);

  /** How long what was told stays as it is while more is lost. */
  static final Duration RETELL = Duration.ofMinutes(1);

  /** The reasons of what is told here. */
  static final Set<String> REASONS =
      Set.of(NodeReason.RECORDS_LOST, NodeReason.RECORDS_UNDECODABLE);

  private final Kind lost = new Kind(NodeReason.RECORDS_LOST, "Records are lost");
  private final Kind undecodable =
      new Kind(NodeReason.RECORDS_UNDECODABLE, "Records fit no declared type");

  /** One kind of trouble: counts by cause, of which only the increase matters. */
  private static final class Kind {
    private final String reason;
    private final String what;
    private Map<String, Long> seen = Map.of();
    private Map<String, Long> before = Map.of();
    private Instant began = Instant.EPOCH;
    private long lastNanos;
    private long toldNanos;
    private @Nullable Trouble trouble;

    /** Nothing was lost yet in the counts that are looked at, which are those of one revision. */
    private boolean fresh = true;

    Kind(String reason, String what) {
      this.reason = reason;
      this.what = what;
    }

    void startFrom(Map<String, Long> counts) {
      seen = counts;
      before = counts;
      fresh = true;
    }

    void inherit(Trouble said, long nanos) {
      if (trouble == null && said.reason().equals(reason)) {
        trouble = said;
        lastNanos = nanos;
        toldNanos = nanos;
      }
    }

    void look(Map<String, Long> counts, Instant now, long nanos) {
      boolean more =
          counts.entrySet().stream()
              .anyMatch(it -> it.getValue() > seen.getOrDefault(it.getKey(), 0L));
      if (more) {
        if (trouble == null || fresh) {
          began = now;
          before = seen;
        }
        fresh = false;
        lastNanos = nanos;
      }
      seen = counts;
      if (trouble == null ? more : more && nanos - toldNanos >= RETELL.toNanos()) {
        trouble = new Trouble(reason, sentence());
        toldNanos = nanos;
      } else if (trouble != null && nanos - lastNanos >= QUIET.toNanos()) {
        trouble = null;
      }
    }

    private String sentence() {
      return "%s: %s since %s."
          .formatted(
              what,
              seen.entrySet().stream()
                  .filter(it -> it.getValue() > before.getOrDefault(it.getKey(), 0L))
                  .map(it -> it.getValue() - before.getOrDefault(it.getKey(), 0L) + it.getKey())
                  .collect(Collectors.joining(", ")),
              began.truncatedTo(ChronoUnit.SECONDS));
    }
  }

  /** Counts of a program that this process begins to watch: what was lost before is old. */
  void startFrom(ProgramCounters counters) {
    lost.startFrom(lost(counters));
    undecodable.startFrom(undecodable(counters));
  }

  /** What an agent before this one said last of the program: it holds as if it were of now. */
  void inherit(Trouble said, long nanos) {
    lost.inherit(said, nanos);
    undecodable.inherit(said, nanos);
  }

  /**
   * Looks at the counts of now.
   *
   * @param now for people only
   * @param nanos the same moment by a clock that is never set
   * @return what is wrong; the loss of records comes before those that cannot be decoded
   */
  Optional<Trouble> look(ProgramCounters counters, Instant now, long nanos) {
    lost.look(lost(counters), now, nanos);
    undecodable.look(undecodable(counters), now, nanos);
    return Optional.ofNullable(lost.trouble).or(() -> Optional.ofNullable(undecodable.trouble));
  }

  private static Map<String, Long> lost(ProgramCounters counters) {
    Map<String, Long> causes = new TreeMap<>();
    for (RingCounters ring : counters.rings()) {
      if (ring.lost() > 0) {
        causes.merge(
            " in the kernel (no-reservation, ring '" + ring.ring() + "')", ring.lost(), Long::sum);
      }
      for (SinkCounters sink : ring.sinks()) {
        for (Map.Entry<LossReason, Long> loss : sink.lost().entrySet()) {
          causes.merge(
              " on the way to '" + sink.sink() + "' (" + loss.getKey().text() + ")",
              loss.getValue(),
              Long::sum);
        }
      }
    }
    return causes;
  }

  private static Map<String, Long> undecodable(ProgramCounters counters) {
    Map<String, Long> causes = new TreeMap<>();
    for (RingCounters ring : counters.rings()) {
      if (ring.undecodable() > 0) {
        causes.merge(" of ring '" + ring.ring() + "'", ring.undecodable(), Long::sum);
      }
    }
    return causes;
  }
}

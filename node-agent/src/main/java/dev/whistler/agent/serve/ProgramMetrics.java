package dev.whistler.agent.serve;

import dev.whistler.runtime.Identity;
import dev.whistler.runtime.RunningProgram;
import dev.whistler.runtime.account.LossReason;
import dev.whistler.runtime.account.MapCounters;
import dev.whistler.runtime.account.ProgramCounters;
import dev.whistler.runtime.account.ProgramMisses;
import dev.whistler.runtime.account.RingCounters;
import dev.whistler.runtime.account.SinkCounters;
import io.prometheus.client.Collector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The terms of the loss identity, per program, ring and sink. Each program is asked once per
 * scrape, so that the terms of one scrape belong together: {@code produced = decoded + undecodable
 * + in_ring}, and for each sink {@code decoded = filtered + delivered + lost + queued}.
 */
public final class ProgramMetrics extends Collector {

  private final Supplier<List<RunningProgram>> programs;

  /**
   * @param programs those loaded at the time of the call
   */
  public ProgramMetrics(Supplier<List<RunningProgram>> programs) {
    this.programs = programs;
  }

  @Override
  public List<MetricFamilySamples> collect() {
    Scrape scrape = new Scrape();
    for (RunningProgram program : programs.get()) {
      ProgramCounters counters = program.counters();
      scrape.add(program.identity());
      counters.rings().forEach(ring -> scrape.add(program.identity(), ring));
      counters.programs().forEach(misses -> scrape.add(program.identity(), misses));
      counters.maps().forEach(map -> scrape.add(program.identity(), map));
    }
    return scrape.families();
  }

  /**
   * One metric of an answer. What two revisions of a program count while one replaces the other is
   * one figure.
   */
  private record Family(
      Collector.Type type,
      String name,
      String help,
      List<String> labels,
      Map<List<String>, Double> values) {
    static Family counter(String name, String help, List<String> labels) {
      return new Family(Collector.Type.COUNTER, name, help, labels, new LinkedHashMap<>());
    }

    static Family gauge(String name, String help, List<String> labels) {
      return new Family(Collector.Type.GAUGE, name, help, labels, new LinkedHashMap<>());
    }

    void add(List<String> of, double value) {
      var _ = values.merge(of, value, Double::sum);
    }

    void atLeast(List<String> of, double value) {
      var _ = values.merge(of, value, Math::max);
    }

    MetricFamilySamples samples() {
      String suffix = type == Collector.Type.COUNTER ? "_total" : "";
      return new MetricFamilySamples(
          name,
          type,
          help,
          values.entrySet().stream()
              .map(
                  it ->
                      new MetricFamilySamples.Sample(
                          name + suffix, labels, it.getKey(), it.getValue()))
              .toList());
    }
  }

  /** The families of one answer, filled ring by ring. */
  private static final class Scrape {
    private static final List<String> RING = List.of("program", "ring");
    private static final List<String> SINK = List.of("program", "ring", "sink");
    private static final List<String> LOSS = List.of("program", "ring", "sink", "reason");

    private final Family revision =
        Family.gauge("whistler_program_revision", "The revision that runs.", List.of("program"));
    private final Family produced =
        Family.counter(
            "whistler_records_produced", "Records that programs submitted to a ring.", RING);
    private final Family lostKernel =
        Family.counter(
            "whistler_records_lost_kernel",
            "Records for which the program got no reservation.",
            RING);
    private final Family decoded =
        Family.counter("whistler_records_decoded", "Records read and decoded.", RING);
    private final Family undecodable =
        Family.counter(
            "whistler_records_undecodable", "Records whose bytes fit no declared type.", RING);
    private final Family inRing =
        Family.gauge("whistler_records_in_ring", "Records submitted and not read yet.", RING);
    private final Family delivered =
        Family.counter("whistler_sink_records_delivered", "Records that a sink accepted.", SINK);
    private final Family filtered =
        Family.counter(
            "whistler_sink_records_filtered", "Records that were not meant for a sink.", SINK);
    private final Family lost =
        Family.counter(
            "whistler_sink_records_lost", "Records that did not reach a sink, by reason.", LOSS);
    private final Family queued =
        Family.gauge("whistler_sink_records_queued", "Records that wait for a sink.", SINK);

    private final Family missed =
        Family.counter(
            "whistler_program_missed",
            "Events that did not run a BPF program: hits = runs + missed.",
            List.of("program", "bpf"));
    private final Family failedUpdates =
        Family.counter(
            "whistler_map_updates_failed",
            "Updates of a map that failed unseen, as of a full one.",
            List.of("program", "map"));

    /** The newest, while an older one still delivers its last records. */
    private void add(Identity identity) {
      revision.atLeast(List.of(identity.program()), identity.revision());
    }

    private void add(Identity identity, RingCounters ring) {
      List<String> labels = labels(identity, ring.ring());
      produced.add(labels, ring.produced());
      if (ring.countsLost()) {
        lostKernel.add(labels, ring.lost());
      }
      decoded.add(labels, ring.decoded());
      undecodable.add(labels, ring.undecodable());
      inRing.add(labels, ring.inRing());
      for (SinkCounters sink : ring.sinks()) {
        List<String> bySink = with(labels, sink.sink());
        delivered.add(bySink, sink.delivered());
        filtered.add(bySink, sink.filtered());
        queued.add(bySink, sink.queued());
        for (Map.Entry<LossReason, Long> loss : sink.lost().entrySet()) {
          lost.add(with(bySink, loss.getKey().text()), loss.getValue());
        }
      }
    }

    /** Absent where the kernel does not count. */
    private void add(Identity identity, ProgramMisses misses) {
      misses.missed().ifPresent(count -> missed.add(labels(identity, misses.program()), count));
    }

    private void add(Identity identity, MapCounters map) {
      failedUpdates.add(labels(identity, map.map()), map.failedUpdates());
    }

    /** Without the revision, which would make new series of each edit. */
    private static List<String> labels(Identity identity, String name) {
      return List.of(identity.program(), name);
    }

    private List<MetricFamilySamples> families() {
      return Stream.of(
              revision,
              produced,
              lostKernel,
              decoded,
              undecodable,
              inRing,
              delivered,
              filtered,
              lost,
              queued,
              missed,
              failedUpdates)
          .map(Family::samples)
          .toList();
    }

    private static List<String> with(List<String> labels, String more) {
      List<String> all = new ArrayList<>(labels);
      all.add(more);
      return all;
    }
  }
}

package dev.whistler.agent.serve;

import dev.whistler.agent.work.Totals;
import dev.whistler.runtime.account.LossReason;
import dev.whistler.runtime.account.MapCounters;
import dev.whistler.runtime.account.ProgramCounters;
import dev.whistler.runtime.account.ProgramMisses;
import dev.whistler.runtime.account.RingCounters;
import dev.whistler.runtime.account.SinkCounters;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The terms of the loss identity, per program, ring and sink, without the revision, which would
 * make new series of each edit. Each program is asked once per scrape, so that the terms of one
 * scrape belong together: {@code produced = decoded + undecodable + in_ring + unread}, and for each
 * sink that was always there {@code decoded = filtered + delivered + lost + queued}.
 */
public final class ProgramMetrics implements MultiCollector {

  private final Supplier<List<Totals.Total>> programs;

  /**
   * @param programs what each has counted at the time of the call
   */
  public ProgramMetrics(Supplier<List<Totals.Total>> programs) {
    this.programs = programs;
  }

  @Override
  public MetricSnapshots collect() {
    Scrape scrape = new Scrape();
    for (Totals.Total total : programs.get()) {
      String program = total.program();
      total.revision().ifPresent(revision -> scrape.runs(program, revision));
      for (ProgramCounters running : total.running()) {
        scrape.add(program, running);
        running.rings().forEach(ring -> scrape.waits(program, ring));
      }
      scrape.add(program, total.past());
      total.past().rings().forEach(ring -> scrape.waitsNoMore(program, ring));
    }
    return scrape.families();
  }

  /** One metric of an answer. What several revisions of a program have counted is one figure. */
  private record Family(
      boolean counts,
      String name,
      String help,
      List<String> labels,
      Map<List<String>, Double> values) {
    static Family counter(String name, String help, List<String> labels) {
      return new Family(true, name, help, labels, new LinkedHashMap<>());
    }

    static Family gauge(String name, String help, List<String> labels) {
      return new Family(false, name, help, labels, new LinkedHashMap<>());
    }

    void add(List<String> of, double value) {
      var _ = values.merge(of, value, Double::sum);
    }

    MetricSnapshot snapshot() {
      return counts ? counter() : gauge();
    }

    private MetricSnapshot counter() {
      CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
      values.forEach(
          (of, value) ->
              counter.dataPoint(
                  CounterDataPointSnapshot.builder()
                      .labels(Labels.of(labels, of))
                      .value(value)
                      .build()));
      return counter.build();
    }

    private MetricSnapshot gauge() {
      GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
      values.forEach(
          (of, value) ->
              gauge.dataPoint(
                  GaugeDataPointSnapshot.builder()
                      .labels(Labels.of(labels, of))
                      .value(value)
                      .build()));
      return gauge.build();
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
    private final Family unread =
        Family.counter(
            "whistler_records_unread",
            "Records that nobody had read when their ring ended with its revision.",
            RING);
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

    private void runs(String program, long newest) {
      revision.add(List.of(program), newest);
    }

    private void add(String program, ProgramCounters counters) {
      counters.rings().forEach(ring -> add(program, ring));
      for (ProgramMisses misses : counters.programs()) {
        // Absent where the kernel does not count.
        misses.missed().ifPresent(count -> missed.add(List.of(program, misses.program()), count));
      }
      for (MapCounters map : counters.maps()) {
        failedUpdates.add(List.of(program, map.map()), map.failedUpdates());
      }
    }

    private void add(String program, RingCounters ring) {
      List<String> labels = List.of(program, ring.ring());
      produced.add(labels, ring.produced());
      if (ring.countsLost()) {
        lostKernel.add(labels, ring.lost());
      }
      decoded.add(labels, ring.decoded());
      undecodable.add(labels, ring.undecodable());
      for (SinkCounters sink : ring.sinks()) {
        List<String> bySink = with(labels, sink.sink());
        delivered.add(bySink, sink.delivered());
        filtered.add(bySink, sink.filtered());
        for (Map.Entry<LossReason, Long> loss : sink.lost().entrySet()) {
          lost.add(with(bySink, loss.getKey().text()), loss.getValue());
        }
      }
    }

    private void waits(String program, RingCounters ring) {
      List<String> labels = List.of(program, ring.ring());
      inRing.add(labels, ring.inRing());
      unread.add(labels, 0);
      for (SinkCounters sink : ring.sinks()) {
        queued.add(with(labels, sink.sink()), sink.queued());
      }
    }

    /** What waited in a ring or a queue that ended did so in vain. */
    private void waitsNoMore(String program, RingCounters ring) {
      List<String> labels = List.of(program, ring.ring());
      unread.add(labels, ring.inRing());
      for (SinkCounters sink : ring.sinks()) {
        if (sink.queued() > 0) {
          lost.add(with(with(labels, sink.sink()), LossReason.STOPPED.text()), sink.queued());
        }
      }
    }

    private MetricSnapshots families() {
      return new MetricSnapshots(
          Stream.of(
                  revision,
                  produced,
                  lostKernel,
                  decoded,
                  undecodable,
                  inRing,
                  unread,
                  delivered,
                  filtered,
                  lost,
                  queued,
                  missed,
                  failedUpdates)
              .map(Family::snapshot)
              .toList());
    }

    private static List<String> with(List<String> labels, String more) {
      List<String> all = new ArrayList<>(labels);
      all.add(more);
      return all;
    }
  }
}

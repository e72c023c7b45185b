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
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

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
      counters.rings().forEach(ring -> scrape.add(program.identity(), ring));
      counters.programs().forEach(misses -> scrape.add(program.identity(), misses));
      counters.maps().forEach(map -> scrape.add(program.identity(), map));
    }
    return scrape.families();
  }

  /** The families of one answer, filled ring by ring. */
  private static final class Scrape {
    private static final List<String> RING = List.of("program", "revision", "ring");
    private static final List<String> SINK = List.of("program", "revision", "ring", "sink");
    private static final List<String> LOSS =
        List.of("program", "revision", "ring", "sink", "reason");

    private final CounterMetricFamily produced =
        new CounterMetricFamily(
            "whistler_records_produced", "Records that programs submitted to a ring.", RING);
    private final CounterMetricFamily lostKernel =
        new CounterMetricFamily(
            "whistler_records_lost_kernel",
            "Records for which the program got no reservation.",
            RING);
    private final CounterMetricFamily decoded =
        new CounterMetricFamily("whistler_records_decoded", "Records read and decoded.", RING);
    private final CounterMetricFamily undecodable =
        new CounterMetricFamily(
            "whistler_records_undecodable", "Records whose bytes fit no declared type.", RING);
    private final GaugeMetricFamily inRing =
        new GaugeMetricFamily(
            "whistler_records_in_ring", "Records submitted and not read yet.", RING);
    private final CounterMetricFamily delivered =
        new CounterMetricFamily(
            "whistler_sink_records_delivered", "Records that a sink accepted.", SINK);
    private final CounterMetricFamily filtered =
        new CounterMetricFamily(
            "whistler_sink_records_filtered", "Records that were not meant for a sink.", SINK);
    private final CounterMetricFamily lost =
        new CounterMetricFamily(
            "whistler_sink_records_lost", "Records that did not reach a sink, by reason.", LOSS);
    private final GaugeMetricFamily queued =
        new GaugeMetricFamily(
            "whistler_sink_records_queued", "Records that wait for a sink.", SINK);

    private final CounterMetricFamily missed =
        new CounterMetricFamily(
            "whistler_program_missed",
            "Events that did not run a BPF program: hits = runs + missed.",
            List.of("program", "revision", "bpf"));
    private final CounterMetricFamily failedUpdates =
        new CounterMetricFamily(
            "whistler_map_updates_failed",
            "Updates of a map that failed unseen, as of a full one.",
            List.of("program", "revision", "map"));

    private void add(Identity identity, RingCounters ring) {
      List<String> labels = labels(identity, ring.ring());
      produced.addMetric(labels, ring.produced());
      if (ring.countsLost()) {
        lostKernel.addMetric(labels, ring.lost());
      }
      decoded.addMetric(labels, ring.decoded());
      undecodable.addMetric(labels, ring.undecodable());
      inRing.addMetric(labels, ring.inRing());
      for (SinkCounters sink : ring.sinks()) {
        List<String> bySink = with(labels, sink.sink());
        delivered.addMetric(bySink, sink.delivered());
        filtered.addMetric(bySink, sink.filtered());
        queued.addMetric(bySink, sink.queued());
        for (Map.Entry<LossReason, Long> loss : sink.lost().entrySet()) {
          lost.addMetric(with(bySink, loss.getKey().text()), loss.getValue());
        }
      }
    }

    /** Absent where the kernel does not count. */
    private void add(Identity identity, ProgramMisses misses) {
      misses
          .missed()
          .ifPresent(count -> missed.addMetric(labels(identity, misses.program()), count));
    }

    private void add(Identity identity, MapCounters map) {
      failedUpdates.addMetric(labels(identity, map.map()), map.failedUpdates());
    }

    private static List<String> labels(Identity identity, String name) {
      return List.of(identity.program(), Long.toString(identity.revision()), name);
    }

    private List<MetricFamilySamples> families() {
      return List.of(
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
          failedUpdates);
    }

    private static List<String> with(List<String> labels, String more) {
      List<String> all = new ArrayList<>(labels);
      all.add(more);
      return all;
    }
  }
}

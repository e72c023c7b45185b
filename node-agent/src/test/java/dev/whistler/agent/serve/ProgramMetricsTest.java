package dev.whistler.agent.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.agent.work.FakeProgram;
import dev.whistler.runtime.Identity;
import dev.whistler.runtime.account.LossReason;
import dev.whistler.runtime.account.MapCounters;
import dev.whistler.runtime.account.ProgramCounters;
import dev.whistler.runtime.account.ProgramMisses;
import dev.whistler.runtime.account.RingCounters;
import dev.whistler.runtime.account.SinkCounters;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Every term of the loss identity is on the page. */
final class ProgramMetricsTest {

  @Test
  void showsEveryTerm() throws IOException {
    RingCounters ring =
        new RingCounters(
            "lives",
            10,
            2,
            8,
            1,
            1,
            List.of(new SinkCounters("file", 1, 4, Map.of(LossReason.QUEUE_FULL, 2L), 1)));
    RingCounters foreign = new RingCounters("other", 7, 0, false, 7, 0, 0, List.of());
    FakeProgram program =
        new FakeProgram(new Identity("n", "forks", "u", 3), entry -> {})
            .counting(
                new ProgramCounters(
                    List.of(ring, foreign),
                    List.of(
                        new ProgramMisses("on-fork", OptionalLong.of(5)),
                        new ProgramMisses("on-sample", OptionalLong.empty())),
                    List.of(new MapCounters("births", 6))));
    CollectorRegistry registry = new CollectorRegistry();
    new ProgramMetrics(() -> List.of(program)).register(registry);
    StringWriter page = new StringWriter();
    TextFormat.writeOpenMetrics100(page, registry.metricFamilySamples());

    String of = "{program=\"forks\",revision=\"3\",ring=\"lives\"";
    assertThat(page.toString())
        .as("what is not counted is absent")
        .doesNotContain("on-sample")
        .doesNotContain("lost_kernel_total{program=\"forks\",revision=\"3\",ring=\"other\"");
    assertThat(page.toString().lines())
        .contains(
            "whistler_program_missed_total{program=\"forks\",revision=\"3\",bpf=\"on-fork\"} 5.0",
            "whistler_map_updates_failed_total{program=\"forks\",revision=\"3\",map=\"births\"} 6.0")
        .contains(
            "whistler_records_produced_total" + of + "} 10.0",
            "whistler_records_lost_kernel_total" + of + "} 2.0",
            "whistler_records_decoded_total" + of + "} 8.0",
            "whistler_records_undecodable_total" + of + "} 1.0",
            "whistler_records_in_ring" + of + "} 1.0",
            "whistler_sink_records_filtered_total" + of + ",sink=\"file\"} 1.0",
            "whistler_sink_records_delivered_total" + of + ",sink=\"file\"} 4.0",
            "whistler_sink_records_queued" + of + ",sink=\"file\"} 1.0",
            "whistler_sink_records_lost_total" + of + ",sink=\"file\",reason=\"queue-full\"} 2.0");
  }
}

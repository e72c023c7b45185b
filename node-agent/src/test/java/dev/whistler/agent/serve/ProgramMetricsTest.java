package dev.whistler.agent.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.agent.work.Totals;
import dev.whistler.runtime.account.LossReason;
import dev.whistler.runtime.account.MapCounters;
import dev.whistler.runtime.account.ProgramCounters;
import dev.whistler.runtime.account.ProgramMisses;
import dev.whistler.runtime.account.RingCounters;
import dev.whistler.runtime.account.SinkCounters;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
    ProgramCounters counters =
        new ProgramCounters(
            List.of(ring, foreign),
            List.of(
                new ProgramMisses("on-fork", OptionalLong.of(5)),
                new ProgramMisses("on-sample", OptionalLong.empty())),
            List.of(new MapCounters("births", 6)));
    String page = page(total("forks", 3, List.of(counters), ProgramCounters.NONE));

    String of = "{program=\"forks\",ring=\"lives\"";
    assertThat(page)
        .as("what is not counted is absent")
        .doesNotContain("on-sample")
        .doesNotContain("lost_kernel_total{program=\"forks\",ring=\"other\"");
    assertThat(page.lines())
        .contains(
            "whistler_program_revision{program=\"forks\"} 3.0",
            "whistler_program_missed_total{bpf=\"on-fork\",program=\"forks\"} 5.0",
            "whistler_map_updates_failed_total{map=\"births\",program=\"forks\"} 6.0")
        .contains(
            "whistler_records_produced_total" + of + "} 10.0",
            "whistler_records_lost_kernel_total" + of + "} 2.0",
            "whistler_records_decoded_total" + of + "} 8.0",
            "whistler_records_undecodable_total" + of + "} 1.0",
            "whistler_records_in_ring" + of + "} 1.0",
            "whistler_records_unread_total" + of + "} 0.0",
            "whistler_sink_records_filtered_total" + of + ",sink=\"file\"} 1.0",
            "whistler_sink_records_delivered_total" + of + ",sink=\"file\"} 4.0",
            "whistler_sink_records_queued" + of + ",sink=\"file\"} 1.0",
            "whistler_sink_records_lost_total{program=\"forks\",reason=\"queue-full\",ring=\"lives\",sink=\"file\"} 2.0");
  }

  /** Several UIDs of one name, and what has ended: a series that comes twice spoils the page. */
  @Test
  void whatBelongsToAProgramIsOneSeries() throws IOException {
    String page =
        page(
            total("forks", 4, List.of(counting(10), counting(5)), counting(2)),
            total("other", 1, List.of(counting(100)), ProgramCounters.NONE));

    assertThat(page.lines())
        .filteredOn(line -> line.startsWith("whistler_records_produced_total"))
        .containsExactly(
            "whistler_records_produced_total{program=\"forks\",ring=\"lives\"} 17.0",
            "whistler_records_produced_total{program=\"other\",ring=\"lives\"} 100.0");
    assertThat(page).contains("whistler_program_revision{program=\"forks\"} 4.0");
  }

  @Test
  void whatWaitedInARingThatEndedWaitsNoMore() throws IOException {
    RingCounters ended =
        new RingCounters(
            "lives", 5, 0, 3, 0, 2, List.of(new SinkCounters("file", 0, 2, Map.of(), 1)));
    String page =
        page(total("forks", 4, List.of(counting(10)), new ProgramCounters(List.of(ended))));

    String of = "{program=\"forks\",ring=\"lives\"";
    assertThat(page.lines())
        .contains(
            "whistler_records_in_ring" + of + "} 0.0",
            "whistler_records_unread_total" + of + "} 2.0",
            "whistler_sink_records_lost_total{program=\"forks\",reason=\"stopped\",ring=\"lives\",sink=\"file\"} 1.0");
  }

  @Test
  void theDocumentKnowsThemAll() throws IOException {
    String document = Files.readString(Path.of("../docs/operations.md"));
    assertThat(new ProgramMetrics(List::of).collect().stream())
        .hasSize(13)
        .allSatisfy(
            family -> {
              String suffix = family instanceof CounterSnapshot ? "_total" : "";
              assertThat(document)
                  .contains("| `" + family.getMetadata().getName() + suffix + "` |");
            });
  }

  private static Totals.Total total(
      String program, long revision, List<ProgramCounters> running, ProgramCounters past) {
    return new Totals.Total(program, OptionalLong.of(revision), running, past);
  }

  private static ProgramCounters counting(long produced) {
    return new ProgramCounters(
        List.of(new RingCounters("lives", produced, 0, produced, 0, 0, List.of())));
  }

  private static String page(Totals.Total... programs) throws IOException {
    PrometheusRegistry registry = new PrometheusRegistry();
    registry.register(new ProgramMetrics(() -> List.of(programs)));
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.create().write(page, registry.scrape());
    return page.toString(StandardCharsets.UTF_8);
  }
}

package dev.whistler.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Names, units and help as Prometheus would have them, and a document that knows each. */
final class OperatorMetricsTest {
  private static final Path DOCUMENT = Path.of("../docs/operations.md");

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  @BeforeEach
  void useEachOnce() {
    OperatorMetrics metrics = new OperatorMetrics(registry);
    metrics.version("1.2.3");
    metrics.leader(() -> true);
    metrics.queue(() -> 7);
    metrics.watched("nodes", () -> 3);
    metrics.taskFailed("leftover-collection");
    metrics.reconciled("success", Duration.ofMillis(30));
    metrics.eventWritten(true);
    metrics.requested("GET", "nodes", 200);
  }

  @Test
  void eachHasHelpAndTheSuffixOfItsKind() {
    List<String[]> types =
        registry
            .scrape()
            .lines()
            .filter(line -> line.startsWith("# TYPE "))
            .map(line -> line.split(" "))
            .toList();
    assertThat(types)
        .hasSize(9)
        .allSatisfy(
            type -> {
              assertThat(type[2]).startsWith("whistler_operator_").doesNotContain("millis");
              assertThat(registry.scrape()).containsPattern("# HELP " + type[2] + " \\S+");
              assertThat(type[2].endsWith("_total")).isEqualTo(type[3].equals("counter"));
            });
  }

  @Test
  void timesAreHistogramsInSeconds() {
    assertThat(registry.scrape())
        .contains(
            "whistler_operator_reconcile_duration_seconds_bucket{result=\"success\",le=\"0.025\"} 0",
            "whistler_operator_reconcile_duration_seconds_bucket{result=\"success\",le=\"0.1\"} 1")
        .contains("whistler_operator_leader 1.0", "whistler_operator_reconcile_queue 7.0");
  }

  @Test
  void theDocumentKnowsThemAll() throws IOException {
    String document = Files.readString(DOCUMENT);
    Pattern.compile("# TYPE (\\S+)")
        .matcher(registry.scrape())
        .results()
        .map(match -> match.group(1).replaceFirst("_max$", ""))
        .forEach(name -> assertThat(document).contains("`" + name + "`"));
  }
}

package dev.whistler.e2e.system;

import static dev.whistler.e2e.system.WhistlerSystem.NODE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whistler.crds.ResourceCondition;
import dev.whistler.crds.ResourceCondition.Status;
import dev.whistler.crds.Selector;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.testbed.process.Waiting;
import dev.whistler.testbed.workload.Forks;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** From apply to exactly the events that happened. */
@ExtendWith(SystemExtension.class)
final class ForksIT {

  private static final String PROGRAM = "forks";
  private static final int CHILDREN = 1_000;
  private static final Duration DELIVERY = Duration.ofSeconds(15);
  // ktime is converted by a sampled offset; the system clock may be slewed meanwhile.
  private static final Duration CLOCK_ERROR = Duration.ofMillis(50);

  @Test
  void everyForkedChildIsReportedOnceWithItsParentNameAndTime(WhistlerSystem system) {
    system.apply(PROGRAM, WhistlerSystem.example("forks.lisp"), Selector.label("zone", "here"));
    try {
      WhistlerProgramStatus status = system.awaitReady(PROGRAM);
      assertThat(status.nodes().summary()).isEqualTo("1/1");
      assertThat(status.nodes().kernels()).isEqualTo(1);
      assertThat(status.builds()).hasSize(1);
      assertThat(status.diagnostics()).isEmpty();
      assertThat(status.conditions())
          .filteredOn(c -> Set.of("Compiled", "Attached", "Ready").contains(c.type()))
          .hasSize(3)
          .allSatisfy(c -> assertThat(c.status()).as(c.type()).isEqualTo(Status.TRUE));
      assertThat(status.conditions())
          .filteredOn(c -> c.type().equals("Degraded"))
          .extracting(ResourceCondition::status)
          .containsOnly(Status.FALSE);

      Forks forks = Forks.cause(CHILDREN);
      Waiting.until(
          "all children in the sink", DELIVERY, () -> births(system, forks).size() >= CHILDREN);

      List<JsonNode> births = births(system, forks);
      assertThat(births.stream().map(r -> r.at("/data/pid").asInt()).sorted())
          .containsExactlyElementsOf(forks.children().stream().sorted().toList());
      assertThat(births.stream().map(ForksIT::whatAllShare).distinct())
          .containsExactly(
              List.of(NODE, PROGRAM, "1", "lives", "life", Forks.COMMAND, "" + forks.parent()));
      assertThat(births.stream().map(r -> Instant.parse(r.at("/time").asText())))
          .as("envelope times, from the record's one ktime field")
          .allSatisfy(time -> assertThat(time).isBetween(earliest(forks), latest(forks)));
      assertThat(births.stream().map(r -> Instant.parse(r.at("/data/born").asText())))
          .allSatisfy(born -> assertThat(born).isBetween(earliest(forks), latest(forks)));
      assertThat(births.stream().map(r -> r.at("/id").asText()).collect(Collectors.toSet()))
          .as("ids are unique")
          .hasSize(CHILDREN);
      assertCountersAddUp(system);
    } finally {
      system.delete(PROGRAM);
    }
  }

  private static List<JsonNode> births(WhistlerSystem system, Forks forks) {
    return Records.in(system.agent().sinkFile(PROGRAM)).stream()
        .filter(record -> record.at("/data/parent").asLong() == forks.parent())
        .toList();
  }

  private static List<String> whatAllShare(JsonNode record) {
    return Stream.of(
            "/node", "/program", "/revision", "/ring", "/struct", "/data/comm", "/data/parent")
        .map(path -> record.at(path).asText())
        .toList();
  }

  private static Instant earliest(Forks forks) {
    return forks.begin().minus(CLOCK_ERROR);
  }

  private static Instant latest(Forks forks) {
    return forks.end().plus(CLOCK_ERROR);
  }

  /** At rest, so until one page has nothing under way. */
  private static void assertCountersAddUp(WhistlerSystem system) {
    Metrics atRest =
        Waiting.get(
            "a metrics page at rest",
            DELIVERY,
            () ->
                Optional.of(Metrics.of(system))
                    .filter(
                        page ->
                            page.sum("whistler_records_in_ring", PROGRAM) == 0
                                && page.sum("whistler_sink_records_queued", PROGRAM) == 0));
    long produced = atRest.sum("whistler_records_produced_total", PROGRAM);
    long decoded = atRest.sum("whistler_records_decoded_total", PROGRAM);
    long delivered = atRest.sum("whistler_sink_records_delivered_total", PROGRAM);
    assertThat(produced).isGreaterThanOrEqualTo(CHILDREN);
    assertThat(decoded).isEqualTo(produced);
    assertThat(delivered).isEqualTo(decoded);
    assertThat(atRest.sum("whistler_records_lost_kernel_total", PROGRAM)).isZero();
    assertThat(atRest.sum("whistler_records_undecodable_total", PROGRAM)).isZero();
    assertThat(atRest.sum("whistler_sink_records_lost_total", PROGRAM)).isZero();
    // Everything on this machine that exits goes there, so the file may have grown meanwhile.
    assertThat(Records.in(system.agent().sinkFile(PROGRAM)).size())
        .isGreaterThanOrEqualTo((int) delivered);
  }
}

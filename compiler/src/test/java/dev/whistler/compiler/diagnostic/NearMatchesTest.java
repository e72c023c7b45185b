package dev.whistler.compiler.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The rule of section 13.2. */
class NearMatchesTest {
  private static final List<String> EVENTS =
      List.of(
          "sched/sched_switch",
          "sched/sched_wakeup",
          "irq/irq_handler_entry",
          "block/block_rq_issue",
          "sched/sched_waking",
          "sched/sched_migrate_task",
          "sched/sched_stat_runtime",
          "signal/signal_deliver");

  @Test
  void nearestComesFirstThenTheAlphabet() {
    assertThat(NearMatches.of("sched/sched_swich", EVENTS))
        .hasSize(5)
        .startsWith("sched/sched_switch", "sched/sched_waking", "sched/sched_wakeup");
  }

  @Test
  void preferredCandidatesComeBeforeNearerOnes() {
    assertThat(NearMatches.of("block/sched_switch", EVENTS, name -> name.startsWith("block/")))
        .startsWith("block/block_rq_issue", "sched/sched_switch");
  }

  @Test
  void caseDoesNotMatterAndFarNamesAreLeftOut() {
    assertThat(NearMatches.of("XDP_PAS", List.of("xdp_pass", "tc_act_shot")))
        .containsExactly("xdp_pass");
    assertThat(NearMatches.hint("zzzzzzzz", EVENTS)).isNull();
  }

  @Test
  void hintsAreSentences() {
    assertThat(NearMatches.hint(List.of("a"))).isEqualTo("did you mean a?");
    assertThat(NearMatches.hint(List.of("a", "b", "c"))).isEqualTo("did you mean a, b or c?");
  }

  @Test
  void manyLongCandidatesTakeNoTime() {
    String long1 = "ab".repeat(64);
    List<String> candidates =
        IntStream.range(0, 50_000).mapToObj(i -> "ba".repeat(60) + i).toList();
    long start = System.nanoTime();
    assertThat(NearMatches.of(long1, candidates)).hasSize(5);
    assertThat((System.nanoTime() - start) / 1_000_000).isLessThan(2_000);
  }
}

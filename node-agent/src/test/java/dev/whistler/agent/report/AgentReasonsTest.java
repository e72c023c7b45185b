package dev.whistler.agent.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.NodeReasons;
import dev.whistler.crds.NodeReasons.Subject;
import dev.whistler.runtime.FailureReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever this agent says is in the table that documents and operator have. */
final class AgentReasonsTest {
  @ParameterizedTest
  @EnumSource(FailureReason.class)
  void whyAProgramDoesNotRunIsExplained(FailureReason reason) {
    assertThat(NodeReasons.of(Subject.PROGRAM)).contains(reason.text());
  }

  @Test
  void soIsLoss() {
    assertThat(NodeReasons.of(Subject.RECORDS))
        .containsAll(LossTrack.REASONS)
        .contains(FailureReason.SINK_UNAVAILABLE.text());
  }

  @Test
  void soIsWhatKeepsANodeFromRunningAnything() {
    assertThat(NodeReasons.of(Subject.NODE))
        .contains(FailureReason.IN_USE.text(), FailureReason.TAMPERED.text());
  }
}

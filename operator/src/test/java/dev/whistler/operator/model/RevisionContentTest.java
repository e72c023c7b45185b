package dev.whistler.operator.model;

import static dev.whistler.operator.Examples.FORKS;
import static dev.whistler.operator.Examples.content;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.WhistlerProgramSpec;
import dev.whistler.crds.WhistlerRevisionSpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RevisionContentTest {
  @Test
  void theNumberIsNoPartOfTheContent() {
    assertThat(content("x").isThatOf(content("x").numbered(7))).isTrue();
    assertThat(content("x").isThatOf(content("y").numbered(7))).isFalse();
  }

  @Test
  void whatTheApiServerStoresIsRecognised() {
    String source = "source: x\ntier: observe\nsinks: [{stdout: {}}]\nnodeSelector: {}\n";
    WhistlerProgramSpec spec = Serialization.unmarshal(source, WhistlerProgramSpec.class);
    RevisionContent content = RevisionContent.of(FORKS, spec, "x");

    WhistlerRevisionSpec stored =
        Serialization.unmarshal(
            Serialization.asJson(content.numbered(3)), WhistlerRevisionSpec.class);

    assertThat(content.isThatOf(stored)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sinks: | 1",
        "sinks: [] | 1",
        "sinks: [{stdout: {}}, {file: {name: f}}, {stdout: {}}] | 2",
        "sinks: [{file: {name: f}}] | 1"
      })
  void whereRecordsGoIsSaidInTheRevision(String yaml, int sinks) {
    WhistlerProgramSpec spec =
        Serialization.unmarshal("source: x\n" + yaml, WhistlerProgramSpec.class);

    assertThat(RevisionContent.of(FORKS, spec, "x").numbered(1).sinks())
        .hasSize(sinks)
        .first()
        .matches(sink -> (sink.stdout() != null) == !yaml.equals("sinks: [{file: {name: f}}]"));
  }

  @Test
  void whatEveryAgentWouldWatchMustBeSmall() {
    Map<String, String> knobs = new HashMap<>();
    for (int i = 0; i < 200; i++) {
      knobs.put("knob-" + i, "9".repeat(256));
    }
    WhistlerProgramSpec large =
        Serialization.unmarshal(
            Serialization.asJson(Map.of("source", "x", "knobs", knobs)), WhistlerProgramSpec.class);

    assertThat(RevisionContent.of(FORKS, large, "x").refusal())
        .map(Refusal::reason)
        .contains(Reason.REVISION_TOO_LARGE);
    assertThat(content("x".repeat(WhistlerProgramSpec.MAX_SOURCE_BYTES)).refusal())
        .as("the source is not given to agents")
        .isEmpty();
  }
}

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

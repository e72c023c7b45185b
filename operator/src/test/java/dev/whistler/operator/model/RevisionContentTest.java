package dev.whistler.operator.model;

import static dev.whistler.operator.Examples.FORKS;
import static dev.whistler.operator.Examples.content;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.RevisionFeature;
import dev.whistler.crds.RevisionReading;
import dev.whistler.crds.RevisionReading.Readable;
import dev.whistler.crds.StoredRevision;
import dev.whistler.crds.WhistlerProgram;
import dev.whistler.crds.WhistlerProgramSpec;
import dev.whistler.crds.WhistlerRevision;
import dev.whistler.crds.WhistlerRevisionSpec;
import dev.whistler.operator.rollout.Bindings;
import dev.whistler.operator.rollout.RolloutPlan;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RevisionContentTest {
  @Test
  void theNumberIsNoPartOfTheContent() {
    assertThat(content("x").isThatOf(new Readable(content("x").numbered(7)))).isTrue();
    assertThat(content("x").isThatOf(new Readable(content("y").numbered(7)))).isFalse();
  }

  @Test
  void whatTheApiServerStoresIsRecognised() {
    String source = "source: x\ntier: observe\nsinks: [{stdout: {}}]\nnodeSelector: {}\n";
    WhistlerProgramSpec spec = Serialization.unmarshal(source, WhistlerProgramSpec.class);
    RevisionContent content = RevisionContent.of(FORKS, spec, "x");

    WhistlerRevision stored = new WhistlerRevision();
    stored.getMetadata().setName("forks-3");
    stored.setSpec(WhistlerRevisionSpec.of(content.numbered(3)));
    WhistlerRevision read =
        Serialization.unmarshal(Serialization.asJson(stored), WhistlerRevision.class);

    assertThat(content.isThatOf(RevisionReading.of(read, RevisionFeature.ALL))).isTrue();
    read.getMetadata().setName("forks-4");
    assertThat(content.isThatOf(RevisionReading.of(read, RevisionFeature.ALL)))
        .as("one that nobody can act by gets a successor")
        .isFalse();
  }

  /** As an operator stored it before revisions had payloads. */
  @Test
  void anOlderRevisionOfTheSameSpecStaysWhatItIs() throws IOException {
    Path folder = Path.of("..", "crds", "src", "test", "resources", "stored");
    WhistlerProgram program =
        Serialization.unmarshal(
            Files.readString(folder.resolve("whistlerprogram-all.yaml")), WhistlerProgram.class);
    WhistlerRevision revision =
        Serialization.unmarshal(
            Files.readString(folder.resolve("whistlerrevision-active.yaml")),
            WhistlerRevision.class);
    ProgramIdentity identity = new ProgramIdentity("forks", revision.getSpec().program().uid(), 3);
    StoredRevision stored = StoredRevision.of(revision, RevisionFeature.ALL);

    RolloutPlan plan =
        RolloutPlan.of(
            RevisionContent.of(identity, program.getSpec(), program.getSpec().source()),
            List.of(stored),
            List.of(),
            new Bindings(Map.of(), Set.of(), Map.of(), kernel -> false));

    assertThat(plan.create()).isEmpty();
    assertThat(plan.target()).hasValue(2);
    assertThat(plan.statuses().get(2L).artifacts())
        .as("agents that know no bindings go on")
        .isEqualTo(revision.getStatus().artifacts());
    assertThat(plan.statuses().get(2L).bindings()).isEqualTo(stored.bindings());
    assertThat(plan.changed(List.of(stored.withStatus(plan.statuses().get(2L))))).isEmpty();
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

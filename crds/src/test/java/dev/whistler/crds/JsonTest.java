package dev.whistler.crds;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What users write is what we read, and nothing is invented or lost on the way back. */
final class JsonTest {
  private static final String PROGRAM =
      """
      apiVersion: whistler.dev/v1alpha1
      kind: WhistlerProgram
      metadata:
        name: forks
      spec:
        source: (defprog …)
        tier: act
        knobs: {min-us: "7", empty: ""}
        nodeSelector:
          matchExpressions:
          - {key: zone, operator: NotIn, values: [a, b]}
        attach:
        - program: p
          uprobe: {path: /bin/sh, symbol: main, offset: 3}
        sinks:
        - stdout: {}
        - file: {name: forks.jsonl}
        maps:
        - name: blocked
          mode: Own
          entries:
          - {key: 10.0.0.7, value: {}}
          - {key: "", value: 0}
        rollout: {maxUnavailable: 25%, onFailure: Pause}
      """;

  @Test
  void aProgramIsReadAsItIsWritten() {
    WhistlerProgramSpec spec = program().getSpec();

    assertThat(spec.tier()).isEqualTo(Tier.ACT);
    assertThat(spec.knobs()).containsEntry("min-us", "7").containsEntry("empty", "");
    assertThat(spec.sinks())
        .containsExactly(ProgramSink.toStdout(), ProgramSink.toFile("forks.jsonl"));
    assertThat(spec.maps().getFirst().entries().getFirst().key().asText()).isEqualTo("10.0.0.7");
    assertThat(spec.events()).as("absent lists are empty").isEmpty();
  }

  @Test
  void whatIsReadIsWrittenBackTheSame() {
    WhistlerProgram program = program();

    WhistlerProgram again =
        Serialization.unmarshal(Serialization.asJson(program), WhistlerProgram.class);

    assertThat(again.getSpec()).isEqualTo(program.getSpec());
  }

  @Test
  void emptyObjectsThatMeanSomethingAreKept() {
    assertThat(Serialization.asJson(ProgramSink.toStdout())).isEqualTo("{\"stdout\":{}}");
    assertThat(Serialization.asJson(program().getSpec().maps().getFirst()))
        .contains("{\"key\":\"10.0.0.7\",\"value\":{}}", "{\"key\":\"\",\"value\":0}");
  }

  @Test
  void absentPartsAreNotWritten() {
    assertThat(Serialization.asJson(WhistlerProgramSpec.ofSource("x")))
        .isEqualTo("{\"source\":\"x\"}");
  }

  @Test
  void aFieldOfANewerVersionIsIgnored() {
    WhistlerRevisionStatus status =
        Serialization.unmarshal(
            "{\"phase\":\"Active\",\"later\":{\"a\":1}}", WhistlerRevisionStatus.class);

    assertThat(status.phase()).isEqualTo(WhistlerRevisionStatus.Phase.ACTIVE);
  }

  @Test
  void aStatusPatchHoldsTheStatusOnly() {
    WhistlerRevision patch = new WhistlerRevision();
    patch.setMetadata(new ObjectMetaBuilder().withName("forks-1").build());
    patch.setStatus(
        WhistlerRevisionStatus.of(
            WhistlerRevisionStatus.Phase.SUPERSEDED,
            Map.of("k", WhistlerRevisionStatus.Binding.to("a"))));

    assertThat(Serialization.asJson(patch))
        .contains("\"status\":{\"phase\":\"Superseded\",\"bindings\":{\"k\":{\"artifact\":\"a\"}}}")
        .doesNotContain("spec");
  }

  private static WhistlerProgram program() {
    return Serialization.unmarshal(PROGRAM, WhistlerProgram.class);
  }

  @Test
  void aListThatAsksForNothingIsWritten() {
    assertThat(Serialization.asJson(new KernelProfileRequestSpec(List.of(), List.of())))
        .isEqualTo("{\"profiles\":[]}");
  }
}

package dev.whistler.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.crds.WhistlerProgram;
import dev.whistler.crds.WhistlerProgramSpec;
import dev.whistler.e2e.cluster.TestCluster;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the API server itself refuses: rules that a mock would not know. Nothing is stored here. */
@ExtendWith(ApiServerExtension.class)
final class CustomResourcesIT {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no source at all            | {}                                                  | either as source or by sourceFrom
          source and sourceFrom       | {source: x, sourceFrom: {configMapKeyRef: {name: a, key: b}}} | either as source or by sourceFrom
          an empty source             | {source: ""}                                        | spec.source
          two kinds in one sink       | {source: x, sinks: [{stdout: {}, file: {name: f}}]} | exactly one of ref, stdout, file
          no kind in a sink           | {source: x, sinks: [{}]}                            | exactly one of ref, stdout, file
          an inline http sink         | {source: x, sinks: [{http: {url: "http://a/"}}]}    | WhistlerSink
          a file outside its directory | {source: x, sinks: [{file: {name: ../f}}]}         | spec.sinks[0].file.name
          a hidden file               | {source: x, sinks: [{file: {name: .f}}]}            | spec.sinks[0].file.name
          two targets of attachment   | {source: x, attach: [{program: p, cgroup: {path: /}, interfaces: {names: [lo]}}]} | exactly one of interfaces
          an unknown tier             | {source: x, tier: root}                             | spec.tier
          a budget of nothing         | {source: x, budget: {cpuMillis: 0}}                 | spec.budget.cpuMillis
          """)
  void refuses(String what, String spec, String why, TestCluster cluster) {
    assertThatThrownBy(() -> dryRun(cluster, "refused", spec))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining(why);
  }

  @Test
  void aNameIsAtMostSixtyThreeCharactersLong(TestCluster cluster) {
    assertThatCode(() -> dryRun(cluster, "a".repeat(63), "{source: x}")).doesNotThrowAnyException();
    assertThatThrownBy(() -> dryRun(cluster, "a".repeat(64), "{source: x}"))
        .hasMessageContaining("at most 63 characters");
  }

  @Test
  void aSourceIsAtMost128KibibytesLong(TestCluster cluster) {
    assertThatCode(() -> create(cluster, "x".repeat(WhistlerProgramSpec.MAX_SOURCE_BYTES)))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> create(cluster, "x".repeat(WhistlerProgramSpec.MAX_SOURCE_BYTES + 1)))
        .isInstanceOf(KubernetesClientException.class);
    assertThatThrownBy(
            () -> create(cluster, "é".repeat(WhistlerProgramSpec.MAX_SOURCE_BYTES / 2 + 1)))
        .as("bytes count, not characters")
        .hasMessageContaining("128 KiB");
  }

  @Test
  void aResourceThatUsesEveryFieldIsAccepted(TestCluster cluster) {
    assertThat(
            dryRun(
                    cluster,
                    "everything",
                    """
                    source: x
                    tier: observe
                    knobs: {a: "1"}
                    nodeSelector: {matchLabels: {a: b}, matchExpressions: [{key: k, operator: Exists}]}
                    podSelector: {}
                    namespaceSelector: {}
                    attach:
                    - {program: p, interfaces: {pattern: "eth*"}}
                    - {program: q, pods: {podSelector: {matchLabels: {a: b}}}}
                    - {program: r, uprobe: {path: /bin/sh, symbol: main, offset: 4}}
                    events: [{ring: r, kinds: [k], filter: "data.pid > 1", sample: 10, rateLimit: 5}]
                    sinks: [{ref: s}, {stdout: {}}, {file: {name: f.jsonl}}]
                    metrics: [{map: m, name: n, type: counter, labels: [l], maxSeries: 10}]
                    maps: [{name: m, mode: Own, entries: [{key: 10.0.0.7, value: {a: [1, "2"]}}]}]
                    budget: {cpuMillis: 10, eventsPerSecond: 100, mapBytes: 65536}
                    rollout: {verifyFirst: true, canaryPerKernel: 1, maxUnavailable: 10%, soakSeconds: 5, onFailure: Pause}
                    rollbackTo: 3
                    paused: true
                    ttl: 1h30m
                    """)
                .getSpec())
        .satisfies(
            spec -> {
              assertThat(spec.maps().getFirst().entries().getFirst().value().toString())
                  .as("entries are kept as they are")
                  .isEqualTo("{\"a\":[1,\"2\"]}");
              assertThat(spec.metrics()).hasSize(1);
              assertThat(spec.rollout()).isNotNull();
            });
  }

  private static void create(TestCluster cluster, String source) {
    WhistlerProgram program = new WhistlerProgram();
    program.getMetadata().setName("sized");
    program.setSpec(WhistlerProgramSpec.ofSource(source));
    var _ = cluster.client().resource(program).dryRun().create();
  }

  private static WhistlerProgram dryRun(TestCluster cluster, String name, String spec) {
    String indented = spec.contains("\n") ? "\n" + spec.indent(2) : " " + spec + "\n";
    GenericKubernetesResource program =
        Serialization.unmarshal(
            "apiVersion: whistler.dev/v1alpha1\nkind: WhistlerProgram\nmetadata: {name: "
                + name
                + "}\nspec:"
                + indented,
            GenericKubernetesResource.class);
    return Serialization.unmarshal(
        Serialization.asJson(cluster.client().resource(program).dryRun().create()),
        WhistlerProgram.class);
  }
}

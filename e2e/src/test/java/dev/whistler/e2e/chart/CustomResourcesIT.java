package dev.whistler.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.crds.WhistlerProgram;
import dev.whistler.crds.WhistlerProgramSpec;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.testbed.cluster.TestCluster;
import dev.whistler.testbed.process.Waiting;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the API server itself refuses: rules that a mock would not know. */
@ExtendWith(ApiServerExtension.class)
final class CustomResourcesIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

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
          sourceFrom without a key    | {sourceFrom: {configMapKeyRef: {name: a}}}          | spec.sourceFrom.configMapKeyRef.key
          sourceFrom nowhere          | {sourceFrom: {}}                                    | spec.sourceFrom.configMapKeyRef
          podSelector                 | {source: x, podSelector: {}}                        | spec.podSelector is not supported yet
          namespaceSelector           | {source: x, namespaceSelector: {}}                  | spec.namespaceSelector is not supported yet
          attach                      | {source: x, attach: [{program: p, cgroup: {path: /}}]} | spec.attach is not supported yet
          events                      | {source: x, events: [{ring: r}]}                    | spec.events is not supported yet
          a sink by reference         | {source: x, sinks: [{stdout: {}}, {ref: s}]}        | spec.sinks[].ref is not supported yet
          metrics                     | {source: x, metrics: [{map: m, name: n, type: gauge}]} | spec.metrics is not supported yet
          maps                        | {source: x, maps: [{name: m}]}                      | spec.maps is not supported yet
          budget                      | {source: x, budget: {cpuMillis: 1}}                 | spec.budget is not supported yet
          an empty budget             | {source: x, budget: {}}                             | spec.budget is not supported yet
          rollout                     | {source: x, rollout: {}}                            | spec.rollout is not supported yet
          rollbackTo                  | {source: x, rollbackTo: 1}                          | spec.rollbackTo is not supported yet
          paused                      | {source: x, paused: true}                           | spec.paused is not supported yet
          ttl                         | {source: x, ttl: 5m}                                | spec.ttl is not supported yet
          an empty ttl                | {source: x, ttl: ""}                                | spec.ttl
          standard output twice       | {source: x, sinks: [{stdout: {}}, {stdout: {}}]}    | each sink is given once
          a file twice                | {source: x, sinks: [{file: {name: f}}, {stdout: {}}, {file: {name: f}}]} | each sink is given once
          In without values           | {source: x, nodeSelector: {matchExpressions: [{key: k, operator: In}]}} | In and NotIn need values
          NotIn with empty values     | {source: x, nodeSelector: {matchExpressions: [{key: k, operator: NotIn, values: []}]}} | In and NotIn need values
          Exists with a value         | {source: x, nodeSelector: {matchExpressions: [{key: k, operator: Exists, values: [v]}]}} | Exists and DoesNotExist take none
          a key that is no label's    | {source: x, nodeSelector: {matchExpressions: [{key: "a b", operator: Exists}]}} | spec.nodeSelector.matchExpressions[0].key
          a key with two slashes      | {source: x, nodeSelector: {matchExpressions: [{key: a/b/c, operator: Exists}]}} | spec.nodeSelector.matchExpressions[0].key
          a wanted key like that      | {source: x, nodeSelector: {matchLabels: {"a b": b}}} | no label can have such a key
          a value that is no label's  | {source: x, nodeSelector: {matchExpressions: [{key: k, operator: In, values: ["-"]}]}} | spec.nodeSelector.matchExpressions[0].values[0]
          a wanted value like that    | {source: x, nodeSelector: {matchLabels: {k: "a b"}}} | spec.nodeSelector.matchLabels.k
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

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          what a client sends for nothing | {source: x, attach: [], events: [], sinks: [], metrics: [], maps: [], paused: false}
          a text in a ConfigMap           | {sourceFrom: {configMapKeyRef: {name: a, key: b.lisp}}}
          two files and standard output   | {source: x, sinks: [{file: {name: f}}, {stdout: {}}, {file: {name: g}}]}
          labels of every form            | {source: x, nodeSelector: {matchLabels: {a: "", b.c/D_e.f-g: 1.2_3-x}, matchExpressions: [{key: k, operator: In, values: ["", v]}, {key: k8s.io/l, operator: DoesNotExist}]}}
          """)
  void accepts(String what, String spec, TestCluster cluster) {
    assertThatCode(() -> dryRun(cluster, "accepted", spec)).doesNotThrowAnyException();
  }

  private static final String EVERYTHING =
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
      """;

  /** As a version stored it that knew the fields and not yet the rules. */
  @Test
  void whatAnOlderVersionStoredCanStillBeReadAndReleasedAndPutRight(TestCluster cluster) {
    KubernetesClient client = cluster.client();
    CustomResourceDefinition rules = definition(cluster).require();
    Resource<WhistlerProgram> stored = client.resources(WhistlerProgram.class).withName("stored");
    try {
      var _ = definition(cluster).edit(CustomResourcesIT::withoutRulesOfTheSpec);
      Waiting.until("no rules", LIMIT, () -> !isRefused(cluster, EVERYTHING));
      var _ = client.resource(manifest("stored", EVERYTHING)).create();
    } finally {
      putBack(cluster, rules);
    }
    Waiting.until("rules again", LIMIT, () -> isRefused(cluster, EVERYTHING));
    assertThat(stored.require().getSpec())
        .satisfies(
            spec -> {
              assertThat(spec.maps().getFirst().entries().getFirst().value().toString())
                  .as("entries are kept as they are")
                  .isEqualTo("{\"a\":[1,\"2\"]}");
              assertThat(spec.metrics()).hasSize(1);
              assertThat(spec.rollout()).isNotNull();
            });

    var _ =
        stored.editStatus(
            program -> {
              program.setStatus(
                  new WhistlerProgramStatus(
                      1, null, null, null, List.of(), List.of(), List.of(), null, List.of(), null));
              return program;
            });
    var _ = patch(stored, "{metadata: {finalizers: [whistler.dev/unload], labels: {a: b}}}");
    var _ = patch(stored, "{metadata: {finalizers: null}}");
    assertThat(stored.require().getFinalizers()).isEmpty();
    assertThat(stored.require().getStatus().observedGeneration()).isOne();

    assertThatThrownBy(() -> patch(stored, "{spec: {source: y}}"))
        .hasMessageContaining("spec.paused is not supported yet");
    var _ =
        patch(
            stored,
            "{spec: {source: y, podSelector: null, namespaceSelector: null, attach: null,"
                + " events: null, sinks: null, metrics: null, maps: null, budget: null,"
                + " rollout: null, rollbackTo: null, paused: null, ttl: null}}");
    assertThat(stored.require().getSpec().source()).isEqualTo("y");

    var _ = stored.delete();
    Waiting.until("it is gone", LIMIT, () -> stored.get() == null);
  }

  private static WhistlerProgram patch(Resource<WhistlerProgram> resource, String yaml) {
    // What begins with a brace would be read as JSON.
    Map<?, ?> read = Serialization.unmarshal("patch: " + yaml, Map.class);
    String json = Serialization.asJson(read.get("patch"));
    return resource.patch(PatchContext.of(PatchType.JSON_MERGE), json);
  }

  private static Resource<CustomResourceDefinition> definition(TestCluster cluster) {
    return cluster
        .client()
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName("whistlerprograms.whistler.dev");
  }

  private static CustomResourceDefinition withoutRulesOfTheSpec(CustomResourceDefinition crd) {
    crd.getSpec()
        .getVersions()
        .getFirst()
        .getSchema()
        .getOpenAPIV3Schema()
        .getProperties()
        .get("spec")
        .setXKubernetesValidations(List.of());
    return crd;
  }

  private static void putBack(TestCluster cluster, CustomResourceDefinition rules) {
    var _ =
        definition(cluster)
            .edit(
                crd -> {
                  crd.setSpec(rules.getSpec());
                  return crd;
                });
  }

  private static boolean isRefused(TestCluster cluster, String spec) {
    try {
      var _ = dryRun(cluster, "tried", spec);
      return false;
    } catch (KubernetesClientException refused) {
      return true;
    }
  }

  private static void create(TestCluster cluster, String source) {
    WhistlerProgram program = new WhistlerProgram();
    program.getMetadata().setName("sized");
    program.setSpec(WhistlerProgramSpec.ofSource(source));
    var _ = cluster.client().resource(program).dryRun().create();
  }

  private static WhistlerProgram dryRun(TestCluster cluster, String name, String spec) {
    return Serialization.unmarshal(
        Serialization.asJson(cluster.client().resource(manifest(name, spec)).dryRun().create()),
        WhistlerProgram.class);
  }

  private static GenericKubernetesResource manifest(String name, String spec) {
    String indented = spec.contains("\n") ? "\n" + spec.indent(2) : " " + spec + "\n";
    return Serialization.unmarshal(
        "apiVersion: whistler.dev/v1alpha1\nkind: WhistlerProgram\nmetadata: {name: "
            + name
            + "}\nspec:"
            + indented,
        GenericKubernetesResource.class);
  }
}

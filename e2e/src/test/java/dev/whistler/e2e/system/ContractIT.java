package dev.whistler.e2e.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.sys.ObjectCalls.Kind;
import dev.whistler.crds.NodeReason;
import dev.whistler.crds.ProgramSink;
import dev.whistler.crds.RevisionFeature;
import dev.whistler.crds.RevisionPayload;
import dev.whistler.crds.RevisionReading;
import dev.whistler.crds.Tier;
import dev.whistler.crds.WhistlerArtifact;
import dev.whistler.crds.WhistlerArtifactSpec;
import dev.whistler.crds.WhistlerNode;
import dev.whistler.crds.WhistlerNodeStatus.Kernel;
import dev.whistler.crds.WhistlerNodeStatus.NodeProgram;
import dev.whistler.crds.WhistlerNodeStatus.State;
import dev.whistler.crds.WhistlerNodeStatus.Target;
import dev.whistler.crds.WhistlerRevision;
import dev.whistler.crds.WhistlerRevisionSpec;
import dev.whistler.crds.WhistlerRevisionSpec.ProgramReference;
import dev.whistler.crds.WhistlerRevisionStatus;
import dev.whistler.crds.WhistlerRevisionStatus.Binding;
import dev.whistler.crds.WhistlerRevisionStatus.Phase;
import dev.whistler.testbed.machine.KernelObjects;
import dev.whistler.testbed.process.Waiting;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What agents make of revisions that no operator of today writes: those of older ones and of ones
 * to come, and those of nobody's. The program that they are of is known to no operator.
 */
@ExtendWith(SystemExtension.class)
final class ContractIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final String COUNTS =
      """
      (defmap forks :type :percpu-array :key-size 4 :value-size 8 :max-entries 1)
      (defprog count (:type :tracepoint :section "tracepoint/sched/sched_process_fork")
        (incf (getmap forks 0))
        0)
      """;

  @Test
  void whatIsToBeVerifiedIsLoadedAndGivenUpAndRunsOnceItMay(WhistlerSystem system) {
    try (Stray stray = Stray.of(system, "verified")) {
      KernelObjects before = KernelObjects.now();
      stray.revise(
          UnaryOperator.identity(),
          status(Phase.VERIFYING, List.of(WhistlerSystem.NODE), stray.bindings()));
      stray.await(target(State.VERIFIED, null).and(said -> said.running() == null));
      assertThat(KernelObjects.now().since(before)).as("nothing is left of it").isEmpty();

      stray.say(status(Phase.VERIFYING, List.of("another-node"), stray.bindings()));
      Waiting.until("nothing more is said of it", LIMIT, () -> stray.said().isEmpty());

      stray.say(status(Phase.ACTIVE, List.of(), stray.bindings()));
      stray.await(said -> said.running() != null && said.target() == null);
      assertThat(KernelObjects.now().since(before)).containsKey(Kind.LINK);
    }
  }

  @Test
  void aRevisionOfAnOlderOperatorRuns(WhistlerSystem system) {
    try (Stray stray = Stray.of(system, "former")) {
      stray.create(former(stray.payload()));
      stray.say(
          new WhistlerRevisionStatus(
              Phase.ACTIVE,
              List.of(),
              List.of(),
              null,
              null,
              Map.of(),
              Map.of(stray.kernel().profile(), stray.artifact())));
      stray.await(
          said ->
              said.running() != null
                  && said.running().revision() == 1
                  && said.running().artifact().equals(stray.artifact()));
    }
  }

  @Test
  void whatIsNotUnderstoodIsRefusedAndSaid(WhistlerSystem system) {
    try (Stray stray = Stray.of(system, "too-new")) {
      stray.revise(
          json -> json.replace("\"requires\":[", "\"requires\":[\"Gpu\","),
          status(Phase.ACTIVE, List.of(), stray.bindings()));
      stray.await(target(State.FAILED, NodeReason.AGENT_TOO_OLD));
      assertThat(stray.target().message()).contains("(Gpu)");
    }
    try (Stray stray = Stray.of(system, "tampered")) {
      stray.revise(
          json -> json.replace("\"uid\":\"", "\"uid\":\"x"),
          status(Phase.ACTIVE, List.of(), stray.bindings()));
      stray.await(target(State.FAILED, NodeReason.TAMPERED));
    }
  }

  /** An operator that is upgraded goes on with the revisions that it finds. */
  @Test
  void anUpgradeWritesNoNewRevision(WhistlerSystem system) throws Exception {
    String program = "upgraded";
    system.apply(program, COUNTS, null);
    try {
      system.awaitReady(program);
      WhistlerRevision today = system.revisions(program).getLast();
      String profile = kernelOf(system).profile();
      String artifact = today.getStatus().bindings().values().iterator().next().artifact();
      RevisionPayload payload = payloadOf(today);
      system.operator().kill();
      try {
        var _ = system.client().resource(today).delete();
        WhistlerRevision older = new WhistlerRevision();
        older.setMetadata(
            new ObjectMetaBuilder()
                .withName(today.getMetadata().getName())
                .withLabels(today.getMetadata().getLabels())
                .withOwnerReferences(today.getMetadata().getOwnerReferences())
                .build());
        older.setSpec(former(payload));
        WhistlerRevision created = system.client().resource(older).create();
        created.setStatus(
            new WhistlerRevisionStatus(
                Phase.ACTIVE,
                List.of(),
                List.of(),
                null,
                null,
                Map.of(),
                Map.of(profile, artifact)));
        var _ = system.client().resource(created).updateStatus();
      } finally {
        system.operator().restart();
        system.operator().awaitReady();
      }
      Waiting.until(
          "the operator has taken it over",
          LIMIT,
          () -> !system.revisions(program).getLast().getStatus().bindings().isEmpty());
      system.awaitReady(program);
      assertThat(system.revisions(program))
          .singleElement()
          .satisfies(
              revision -> {
                assertThat(revision.getSpec().payload()).isNull();
                assertThat(revision.getStatus().artifacts())
                    .as("agents of before read on")
                    .containsExactly(Map.entry(profile, artifact));
                assertThat(revision.getStatus().bound().values())
                    .as("of its kernel, and of the same as agents of before state it")
                    .containsOnly(Binding.to(artifact));
              });
    } finally {
      system.delete(program);
    }
  }

  private static RevisionPayload payloadOf(WhistlerRevision revision) {
    return switch (RevisionReading.of(revision, RevisionFeature.ALL)) {
      case RevisionReading.Readable(RevisionPayload payload) -> payload;
      case RevisionReading.Refused refused -> throw new AssertionError(refused.message());
    };
  }

  private static Predicate<NodeProgram> target(State state, @Nullable String reason) {
    return said ->
        said.target() != null
            && said.target().state() == state
            && (reason == null || reason.equals(said.target().reason()));
  }

  private static WhistlerRevisionStatus status(
      Phase phase, List<String> verifiers, Map<String, Binding> bindings) {
    return new WhistlerRevisionStatus(phase, verifiers, List.of(), null, null, bindings, Map.of());
  }

  /** In the fields in which operators wrote before there were payloads. */
  private static WhistlerRevisionSpec former(RevisionPayload payload) {
    return new WhistlerRevisionSpec(
        payload.program(),
        payload.revision(),
        payload.sourceDigest(),
        payload.tier(),
        null,
        null,
        List.of(),
        payload.knobs(),
        payload.nodeSelector(),
        null,
        List.of(),
        List.of(),
        payload.sinks(),
        List.of(),
        List.of(),
        null,
        null);
  }

  private static Kernel kernelOf(WhistlerSystem system) {
    return system
        .client()
        .resources(WhistlerNode.class)
        .withName(WhistlerSystem.NODE)
        .require()
        .getStatus()
        .kernelStated()
        .orElseThrow();
  }

  /** A revision and an artifact of a program that does not exist. */
  private record Stray(WhistlerSystem system, RevisionPayload payload, String artifact)
      implements AutoCloseable {
    /** With an object that the operator compiled for another program. */
    static Stray of(WhistlerSystem system, String name) {
      String origin = "origin-of-" + name;
      system.apply(origin, COUNTS, null);
      try {
        system.awaitReady(origin);
        WhistlerRevision revision = system.revisions(origin).getLast();
        String compiled = revision.getStatus().bindings().values().iterator().next().artifact();
        WhistlerArtifactSpec its =
            system
                .client()
                .resources(WhistlerArtifact.class)
                .withName(compiled)
                .require()
                .getSpec();
        WhistlerArtifact artifact = new WhistlerArtifact();
        artifact.setSpec(
            new WhistlerArtifactSpec(
                name,
                its.sourceDigest(),
                its.architecture(),
                its.answersDigest(),
                its.objectDigest(),
                its.object(),
                its.programs(),
                null,
                null,
                null,
                List.of()));
        artifact.setMetadata(
            named(WhistlerArtifactSpec.nameOf(name, its.sourceDigest(), its.objectDigest())));
        var _ = system.client().resource(artifact).create();
        return new Stray(
            system,
            RevisionPayload.of(
                new ProgramReference(name, name),
                1,
                its.sourceDigest(),
                Tier.OBSERVE,
                Map.of(),
                null,
                null,
                List.of(),
                List.of(),
                List.of(ProgramSink.toStdout()),
                List.of(),
                List.of(),
                null),
            artifact.getMetadata().getName());
      } finally {
        system.delete(origin);
      }
    }

    private static ObjectMeta named(String name) {
      return new ObjectMetaBuilder().withName(name).build();
    }

    Kernel kernel() {
      return kernelOf(system);
    }

    Map<String, Binding> bindings() {
      return Map.of(kernel().identity(), Binding.to(artifact));
    }

    /** Writes the revision with a payload that may be another one than it should be. */
    void revise(UnaryOperator<String> change, WhistlerRevisionStatus status) {
      WhistlerRevisionSpec spec = WhistlerRevisionSpec.of(payload);
      String json = change.apply(new String(payload.bytes(), UTF_8));
      create(
          new WhistlerRevisionSpec(
              spec.program(),
              spec.revision(),
              spec.sourceDigest(),
              spec.tier(),
              spec.payloadType(),
              Base64.getEncoder().encodeToString(json.getBytes(UTF_8)),
              List.of(),
              Map.of(),
              null,
              null,
              List.of(),
              List.of(),
              List.of(),
              List.of(),
              List.of(),
              null,
              null));
      say(status);
    }

    void create(WhistlerRevisionSpec spec) {
      WhistlerRevision revision = new WhistlerRevision();
      revision.setMetadata(named(WhistlerRevision.nameOf(payload.program().name(), 1)));
      revision.setSpec(spec);
      var _ = client().resource(revision).create();
    }

    void say(WhistlerRevisionStatus status) {
      WhistlerRevision revision =
          client()
              .resources(WhistlerRevision.class)
              .withName(WhistlerRevision.nameOf(payload.program().name(), 1))
              .require();
      revision.setStatus(status);
      var _ = client().resource(revision).updateStatus();
    }

    Optional<NodeProgram> said() {
      return system.onNode(payload.program().name());
    }

    Target target() {
      return said().map(NodeProgram::target).orElseThrow();
    }

    void await(Predicate<NodeProgram> wanted) {
      Waiting.until(
          "what the agent says of " + payload.program().name(),
          LIMIT,
          () -> said().filter(wanted).isPresent());
    }

    private KubernetesClient client() {
      return system.client();
    }

    @Override
    public void close() {
      delete(WhistlerRevision.class, WhistlerRevision.nameOf(payload.program().name(), 1));
      delete(WhistlerArtifact.class, artifact);
      Waiting.until("the agent has unloaded it", LIMIT, () -> said().isEmpty());
    }

    private void delete(Class<? extends HasMetadata> kind, String name) {
      client().resources(kind).withName(name).delete();
    }
  }
}

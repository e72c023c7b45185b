package dev.whistler.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.crds.Gzip;
import dev.whistler.crds.NodeReason;
import dev.whistler.crds.ResourceCondition;
import dev.whistler.crds.ResourceCondition.Status;
import dev.whistler.crds.Selector;
import dev.whistler.crds.WhistlerArtifact;
import dev.whistler.crds.WhistlerArtifactSpec;
import dev.whistler.crds.WhistlerNode;
import dev.whistler.crds.WhistlerNodeStatus.NodeProgram;
import dev.whistler.crds.WhistlerNodeStatus.State;
import dev.whistler.crds.WhistlerNodeStatus.Target;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.crds.WhistlerProgramStatus.NodeFailure;
import dev.whistler.testbed.cluster.RunningCluster.ApiServerSwitch;
import dev.whistler.testbed.install.Installation;
import dev.whistler.testbed.install.ProcessOptions;
import dev.whistler.testbed.install.Programs;
import dev.whistler.testbed.process.MountNamespace;
import dev.whistler.testbed.process.Waiting;
import dev.whistler.testbed.workload.Forks;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What may be wrong with an agent or its node: the status says it, and it heals by itself. One
 * agent that pins its programs, as the chart's does, serves most of the tests.
 */
@ExtendWith(SystemExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
final class NodeTroubleIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String TRACEFS = MountNamespace.TRACEFS;
  private static final String BPFFS = MountNamespace.BPFFS;

  /** The smallest that an operator believes is 5 s. */
  private static final Duration LEASE = Duration.ofSeconds(6);

  /** How often the operator looks whose Lease has ended. */
  private static final Duration LOOK_FOR_SILENCE = Duration.ofSeconds(2);

  /** For a machine that has other things to do. */
  private static final Duration SLACK = Duration.ofSeconds(10);

  private static final Map<String, String> PINNED =
      Map.of(
          "whistler.pins", BPFFS + "/whistler",
          "whistler.lease", LEASE.toSeconds() + "s",
          "whistler.node-map-bytes", "40Mi",
          "whistler.files.max-bytes", "1048576",
          "whistler.files.max-files", "2");

  private static final String NODE = "node-pinned";
  private static final Selector THERE = Selector.label("zone", NODE);

  /** With maps that no node takes. */
  private static final String REFUSED =
      """
      (defmap big :type :array :key-size 4 :value-size 8 :max-entries 16777216)
      (defprog note (:type :tracepoint :section "tracepoint/sched/sched_process_fork")
        (incf (getmap big 0))
        0)
      """;

  /** 24 MiB, of which the node has room for one. */
  private static final String LARGE = REFUSED.replace("16777216", "3145728");

  /** Some kilobytes for each fork. */
  private static final String VERBOSE =
      """
      (defstruct note (pid u32) (text (array u8 2000)))
      (defmap events :type :ringbuf :max-entries 4194304)
      (defprog note (:type :tracepoint :section "tracepoint/sched/sched_process_fork")
        (dotimes (i 4)
          (with-ringbuf (e events (sizeof note))
            (setf (note-pid e) i)))
        0)
      """;

  private WhistlerSystem system;
  private MountNamespace place;
  private ExtraAgent pinned;

  @BeforeAll
  void startTheAgent(WhistlerSystem running) {
    system = running;
    place = MountNamespace.forAgents();
    pinned = ExtraAgent.start(system, NODE, new ProcessOptions(PINNED, place.enter()));
    pinned.awaitReady();
  }

  @AfterAll
  void endTheAgent() {
    if (pinned != null) {
      pinned.close();
    }
    if (place != null) {
      place.close();
    }
  }

  @Test
  void aNodeThatLacksFileSystemsSaysSoAndWorksOnceTheyAreMounted() {
    String node = "node-bare";
    String program = "on-bare-node";
    try (MountNamespace bare = MountNamespace.create();
        ExtraAgent agent = ExtraAgent.start(system, node, inAPod(bare))) {
      assertThat(agent.awaitNode(Status.FALSE, NodeReason.KERNEL_UNUSABLE).message())
          .contains("cannot be pinned");
      apply(program, Selector.label("zone", node));
      system.await(program, "refused by the node", is("Ready", Status.FALSE, "KernelUnusable"));

      bare.mount("bpf", BPFFS);
      Waiting.until(
          "what is missing now",
          LIMIT,
          () ->
              agent
                  .awaitNode(Status.FALSE, NodeReason.KERNEL_UNUSABLE)
                  .message()
                  .contains("mount -t tracefs"));

      bare.mount("tracefs", TRACEFS);
      agent.awaitNode(Status.TRUE, "AgentReady");
      agent.awaitReady();
      system.awaitReady(program);
      awaitOnce(agent.file(program), Forks.cause(3));
      system.delete(program);
    } finally {
      system.delete(program);
    }
  }

  /** With no more rights than the chart gives, so that nothing can be mounted by the agent. */
  private static ProcessOptions inAPod(MountNamespace where) {
    List<String> wrapper = new ArrayList<>(where.enter());
    wrapper.addAll(List.of("setpriv", "--bounding-set=-all,+bpf,+perfmon", "--"));
    return new ProcessOptions(PINNED, wrapper);
  }

  @Test
  void whatIsPinnedIsReadWhileTheApiServerIsAway() {
    Optional<ApiServerSwitch> found = system.cluster().apiServer();
    assumeTrue(found.isPresent(), "this provider's API server cannot be stopped alone");
    ApiServerSwitch apiServer = found.get();
    String program = "without-server";
    Path file = pinned.file(program);
    apply(program, THERE);
    try {
      system.awaitReady(program);
      List<Forks> all = new ArrayList<>();
      all.add(Forks.cause(5));
      awaitOnce(file, all.getFirst());
      apiServer.stop();
      try {
        kill(pinned);
        all.add(Forks.cause(5));
        pinned.agent().process().restart();
        all.add(Forks.cause(5));
        all.forEach(forks -> awaitOnce(file, forks));
      } finally {
        // What comes after a failure needs it, too.
        apiServer.start();
      }
      pinned.awaitReady();
      system.awaitReady(program);
      all.add(Forks.cause(5));
      all.forEach(forks -> awaitOnce(file, forks));
      assertThat(system.revisions(program)).hasSize(1);
    } finally {
      system.delete(program);
    }
  }

  @Test
  void anUpdateThatIsRefusedLeavesTheOldRevisionAlsoOverARestart() throws Exception {
    String program = "refused-update";
    List<Path> files = List.of(pinned.file(program), system.agent().sinkFile(program));
    // Where programs are pinned, and where the agent must load them again.
    system.apply(program, WhistlerSystem.example("forks.lisp"), null);
    try {
      system.awaitReady(program);
      system.apply(program, REFUSED, null);
      Predicate<WhistlerProgramStatus> refused =
          is("Attached", Status.FALSE, NodeReason.TOO_MUCH_MEMORY)
              .and(it -> it.failures().size() == 2)
              .and(it -> it.failures().stream().allMatch(NodeTroubleIT::withRevisionOne));
      saysWhatRuns(system.await(program, "refused", refused), program);

      pinned.restart();
      system.agent().process().kill();
      system.agent().process().restart();
      pinned.awaitReady();
      system.agent().process().awaitReady();
      Forks forks = Forks.cause(3);
      awaitOnce(files.getFirst(), forks);
      // The other one must fetch what it runs, and may come to it after the forks.
      awaitDelivering(files.getLast());
      saysWhatRuns(system.await(program, "refused still", refused), program);
    } finally {
      system.delete(program);
    }
  }

  private static boolean withRevisionOne(NodeFailure failure) {
    return failure.message().endsWith("Revision 1 runs on.");
  }

  private void saysWhatRuns(WhistlerProgramStatus status, String program) {
    assertThat(status.currentRevision()).isOne();
    assertThat(status.targetRevision()).isEqualTo(2);
    for (String node : List.of(NODE, WhistlerSystem.NODE)) {
      NodeProgram said = system.onNode(node, program).orElseThrow();
      assertThat(Objects.requireNonNull(said.running()).revision()).isOne();
      Target target = Objects.requireNonNull(said.target());
      assertThat(target.revision()).isEqualTo(2);
      assertThat(target.state()).isEqualTo(State.FAILED);
      assertThat(target.reason()).isEqualTo(NodeReason.TOO_MUCH_MEMORY);
    }
  }

  @Test
  void anAgentThatIsSilentIsNotTakenForOneThatWorks() {
    String program = "silent-agent";
    apply(program, THERE);
    try {
      assertThat(summary(system.awaitReady(program))).isEqualTo("1/1");
      pinned.signal("STOP");
      long stopped = System.nanoTime();
      try {
        WhistlerProgramStatus status =
            system.await(program, "unknown", is("Ready", Status.UNKNOWN, "AgentSilent"));
        assertThat(Duration.ofNanos(System.nanoTime() - stopped))
            .as("the last renewal was before: to its end and one look")
            .isLessThan(LEASE.plus(LOOK_FOR_SILENCE).plus(SLACK));
        assertThat(summary(status)).isEqualTo("0/1");
        assertThat(status.failures())
            .singleElement()
            .satisfies(it -> assertThat(it.node()).isEqualTo(NODE));
      } finally {
        pinned.signal("CONT");
      }
      assertThat(summary(system.awaitReady(program))).isEqualTo("1/1");
    } finally {
      system.delete(program);
    }
  }

  @Test
  void aLeaseThatSomebodyEditsIsTheAgentsAgain() {
    Resource<Lease> lease =
        system.client().leases().inNamespace(Installation.NAMESPACE).withName(NODE);
    ZonedDateTime longAgo = ZonedDateTime.of(2000, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);
    Lease edited =
        lease.edit(
            it ->
                new LeaseBuilder(it)
                    .editSpec()
                    .withHolderIdentity("somebody")
                    .withRenewTime(longAgo)
                    .endSpec()
                    .build());
    assertThat(edited.getSpec().getHolderIdentity()).isEqualTo("somebody");
    Waiting.until(
        "the Lease is renewed by its agent",
        LIMIT,
        () ->
            NODE.equals(lease.require().getSpec().getHolderIdentity())
                && lease.require().getSpec().getRenewTime().isAfter(longAgo));
  }

  private static String summary(WhistlerProgramStatus status) {
    return Objects.requireNonNull(status.nodes()).summary();
  }

  /** With rights that outlive the Node, as those of a pod do for a while. */
  @Test
  void whatAnAgentWroteGoesWithItsNodeAndComesBackWithIt() {
    String name = "node-leaving";
    Resource<WhistlerNode> report = system.client().resources(WhistlerNode.class).withName(name);
    Resource<Lease> lease =
        system.client().leases().inNamespace(Installation.NAMESPACE).withName(name);
    Map<String, String> asAdministrator =
        Map.of("kubeconfig", system.cluster().kubeconfig().toString(), "whistler.lease", "6s");
    try (ExtraAgent agent =
        ExtraAgent.start(system, name, new ProcessOptions(asAdministrator, List.of()))) {
      agent.awaitReady().awaitNode(Status.TRUE, "AgentReady");
      Waiting.until("a Lease", LIMIT, () -> lease.get() != null);
      var _ = system.client().nodes().withName(name).delete();
      Waiting.until("both gone", LIMIT, () -> report.get() == null && lease.get() == null);
      // Longer than the agent waits between two renewals, or after a look at its report.
      await("both stay away")
          .during(Duration.ofSeconds(5))
          .atMost(LIMIT)
          .until(() -> report.get() == null && lease.get() == null);
      assertThat(agent.agent().process().process().logTail(50))
          .contains("There is no Node " + name);

      var _ = system.cluster().addNode(name, Map.of());
      agent.awaitNode(Status.TRUE, "AgentReady");
      Waiting.until("a Lease again", LIMIT, () -> lease.get() != null);
    }
  }

  @Test
  void aSecondAgentWithTheSamePinsWaitsForTheFirst() {
    String second = "node-second";
    String program = "of-the-first";
    apply(program, THERE);
    try {
      system.awaitReady(program);
      Forks first = Forks.cause(3);
      awaitOnce(pinned.file(program), first);
      long owner = pinned.agent().process().process().pid();
      try (ExtraAgent other =
          ExtraAgent.start(system, second, new ProcessOptions(PINNED, place.enter()))) {
        ResourceCondition refusal = other.awaitNode(Status.FALSE, NodeReason.IN_USE);
        assertThat(refusal.message()).contains(BPFFS + "/whistler").contains("" + owner);
        assertThat(other.agent().process().process().logTail(200)).contains(refusal.message());
        Forks meanwhile = Forks.cause(3);
        awaitOnce(pinned.file(program), meanwhile);
        assertThat(Records.in(other.file(program))).isEmpty();

        kill(pinned);
        other.awaitNode(Status.TRUE, "AgentReady");
        // Nobody wants the program on this node: its new owner removes it.
      }
      pinned.agent().process().restart();
      pinned.awaitReady();
      awaitDelivering(pinned.file(program));
      system.awaitReady(program);
    } finally {
      system.delete(program);
    }
  }

  @Test
  void aSecondAgentWithTheSameDirectoryWaitsForTheFirst() {
    Map<String, String> shared =
        Map.of("whistler.directory", pinned.agent().directory().toString());
    try (ExtraAgent other =
        ExtraAgent.start(system, "node-same-files", new ProcessOptions(shared, List.of()))) {
      ResourceCondition refusal = other.awaitNode(Status.FALSE, NodeReason.IN_USE);
      assertThat(refusal.message())
          .contains(pinned.agent().directory().toString())
          .contains("the agent of node " + NODE);
      kill(pinned);
      other.awaitNode(Status.TRUE, "AgentReady");
    }
    pinned.agent().process().restart();
    pinned.awaitReady();
  }

  @Test
  void whatThereIsNoRoomForStartsOnceThereIs() {
    String first = "large-first";
    String second = "large-second";
    system.apply(first, LARGE, THERE);
    try {
      system.awaitReady(first);
      system.apply(second, LARGE, THERE);
      WhistlerProgramStatus full =
          system.await(second, "refused", is("Attached", Status.FALSE, NodeReason.NODE_FULL));
      assertThat(full.failures())
          .singleElement()
          .satisfies(it -> assertThat(it.message()).contains("24.0 MiB").contains("40 MiB"));
      system.delete(first);
      system.awaitReady(second);
    } finally {
      system.delete(first);
      system.delete(second);
    }
  }

  @Test
  void filesStayWithinTheirBounds() throws IOException {
    String program = "verbose";
    Path file = pinned.file(program);
    system.apply(program, VERBOSE, THERE);
    try {
      system.awaitReady(program);
      Path oldest = file.resolveSibling(program + ".2");
      Waiting.until(
          "rotated twice",
          LIMIT,
          () -> {
            var _ = Forks.cause(100);
            return Files.exists(oldest);
          });
      var _ = Forks.cause(500);
      try (Stream<Path> files = Files.list(Objects.requireNonNull(file.getParent()))) {
        assertThat(files.toList())
            .hasSize(3)
            .allSatisfy(it -> assertThat(Files.size(it)).isLessThanOrEqualTo(1 << 20));
      }
    } finally {
      system.delete(program);
    }
  }

  @Test
  void aForgedArtifactIsRefusedAndWrittenAgain() {
    String program = "forged";
    system.apply(program, WhistlerSystem.example("forks.lisp"), Selector.label("zone", "here"));
    try {
      system.awaitReady(program);
      String name =
          Objects.requireNonNull(system.onNode(program).orElseThrow().running()).artifact();
      Resource<WhistlerArtifact> artifact =
          system.client().resources(WhistlerArtifact.class).withName(name);
      WhistlerArtifact genuine = artifact.require();

      system.apply(
          program, WhistlerSystem.example("forks.lisp"), Selector.label("zone", "elsewhere"));
      Waiting.until("unloaded", LIMIT, () -> system.onNode(program).isEmpty());
      forge(artifact, genuine);
      system.apply(program, WhistlerSystem.example("forks.lisp"), Selector.label("zone", "here"));

      String uid = genuine.getSpec().programUid();
      Waiting.until(
          "said to be tampered with, which an event keeps",
          LIMIT,
          () ->
              system.client().v1().events().inNamespace("default").list().getItems().stream()
                  .filter(it -> uid.equals(it.getInvolvedObject().getUid()))
                  .anyMatch(
                      it ->
                          it.getReason().equals(NodeReason.TAMPERED)
                              && it.getType().equals("Warning")));
      system.awaitReady(program);
      assertThat(artifact.require().getSpec()).isEqualTo(genuine.getSpec());
      awaitDelivering(system.agent().sinkFile(program));
    } finally {
      system.delete(program);
    }
  }

  /** Puts another object under the name of an artifact, for one who may write artifacts. */
  private void forge(Resource<WhistlerArtifact> artifact, WhistlerArtifact genuine) {
    WhistlerArtifactSpec spec = genuine.getSpec();
    WhistlerArtifact forged = new WhistlerArtifact();
    forged.setMetadata(
        new ObjectMetaBuilder()
            .withName(genuine.getMetadata().getName())
            .withLabels(genuine.getMetadata().getLabels())
            .withOwnerReferences(genuine.getMetadata().getOwnerReferences())
            .build());
    forged.setSpec(
        new WhistlerArtifactSpec(
            spec.programUid(),
            spec.sourceDigest(),
            spec.architecture(),
            spec.answersDigest(),
            spec.objectDigest(),
            Base64.getEncoder()
                .encodeToString(Gzip.compress("another object".getBytes(StandardCharsets.UTF_8))),
            spec.programs(),
            spec.signature(),
            spec.buildDigest(),
            spec.trace(),
            spec.warnings()));
    Waiting.until(
        "the forged one is there",
        LIMIT,
        () -> {
          artifact.delete();
          try {
            var _ = system.client().resource(forged).create();
            return true;
          } catch (KubernetesClientException theOperatorWasQuicker) {
            return false;
          }
        });
  }

  @Test
  void outputsThatNobodyReadsHoldUpNothingElse(@TempDir Path folder) {
    String node = "node-stalled";
    String silent = "into-nothing";
    String filed = "beside-nothing";
    Selector there = Selector.label("zone", node);
    try (ExtraAgent agent = ExtraAgent.start(system, node, withFullPipes(folder))) {
      agent.awaitReady();
      SmallestProgramIT.apply(
          system, silent, "nodeSelector: {matchLabels: {zone: %s}}".formatted(node));
      system.await(silent, "loaded", Programs.condition("Attached", Status.TRUE));
      var _ = Forks.cause(3);
      WhistlerProgramStatus stalled =
          system.await(
              silent,
              "said to stand still",
              is("Delivering", Status.FALSE, NodeReason.SINK_UNAVAILABLE));
      assertThat(stalled.conditions())
          .filteredOn(it -> it.type().equals("Delivering"))
          .singleElement()
          .satisfies(it -> assertThat(it.message()).contains("stands still"));
      apply(filed, there);
      system.awaitReady(filed);
      awaitOnce(agent.file(filed), Forks.cause(3));

      system.delete(silent);
      assertThat(system.onNode(node, silent)).isEmpty();
      awaitOnce(agent.file(filed), Forks.cause(3));
      system.delete(filed);
      assertThat(system.onNode(node, filed)).isEmpty();

      agent.signal("TERM");
      Waiting.until("the agent has ended", LIMIT, () -> !agent.agent().process().process().alive());
    } finally {
      system.delete(silent);
      system.delete(filed);
    }
  }

  /** Both outputs are pipes that are full, and nobody takes anything out of them. */
  private static ProcessOptions withFullPipes(Path folder) {
    String fill =
        "mkfifo $0 $1; exec 1<>$0 2<>$1; head -c 65536 /dev/zero >&1; head -c 65536 /dev/zero >&2;"
            + " shift; exec \"$@\"";
    return new ProcessOptions(
        Map.of(),
        List.of(
            "/bin/sh",
            "-c",
            fill,
            folder.resolve("out").toString(),
            folder.resolve("errors").toString()));
  }

  private void apply(String program, Selector nodes) {
    system.apply(program, WhistlerSystem.example("forks.lisp"), nodes);
  }

  private static void kill(ExtraAgent agent) {
    try {
      agent.agent().process().kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Waits until what happens from now on comes into a file. */
  private static void awaitDelivering(Path file) {
    int before = Records.in(file).size();
    Waiting.until(
        "records in " + file,
        LIMIT,
        () -> {
          var _ = Forks.cause(1);
          return Records.in(file).size() > before;
        });
  }

  /** Waits until each child is in a file, where none may be twice. */
  private static void awaitOnce(Path file, Forks forks) {
    Waiting.until(
        forks.children().size() + " children in " + file,
        LIMIT,
        () -> Records.children(file, forks).containsAll(forks.children()));
    assertThat(Records.children(file, forks))
        .as("each once")
        .containsExactlyInAnyOrderElementsOf(forks.children());
  }

  private static Predicate<WhistlerProgramStatus> is(String type, Status status, String reason) {
    return Programs.condition(type, status)
        .and(
            it ->
                it.conditions().stream()
                    .anyMatch(
                        condition ->
                            condition.type().equals(type) && condition.reason().equals(reason)));
  }
}

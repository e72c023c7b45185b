package dev.whistler.testbed.bench.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.WhistlerNode;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.crds.WhistlerRevision;
import dev.whistler.crds.WhistlerRevisionStatus;
import dev.whistler.testbed.Repository;
import dev.whistler.testbed.cluster.TestCluster;
import dev.whistler.testbed.install.Installation;
import dev.whistler.testbed.install.ProcessOptions;
import dev.whistler.testbed.install.Programs;
import dev.whistler.testbed.process.Progress;
import dev.whistler.testbed.process.Teardown;
import dev.whistler.testbed.process.Waiting;
import dev.whistler.testbed.simulator.Simulator;
import dev.whistler.testbed.simulator.SimulatorOptions;
import dev.whistler.testbed.simulator.SyntheticKernel;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * 300 nodes with a kernel each, more than a program has room for, and many edits, each of which is
 * rolled out: what is stored is bounded meanwhile, and what was made for nodes and kernels goes
 * when they are gone.
 */
final class GrowthIT {
  private static final int NODES = 300;
  private static final int PROGRAMS = 10;

  /** In each of which all programs are edited; 100 in the long form {@code growth}. */
  private static final int ROUNDS = Integer.getInteger("whistler.growth.rounds", 10);

  private static final int EVENTS = 20;

  /** Of one program: the newest and those before it. */
  private static final int REVISIONS = 5;

  private static final int KERNELS = NODES;

  /** On the other nodes no program ever runs. */
  private static final int PLACES = WhistlerRevisionStatus.MAX_KERNELS;

  /** Each of seven conditions becomes true or false. */
  private static final long NEWS = 14;

  /** Etcd takes a megabyte and a half. */
  private static final long LARGEST = 256 << 10;

  /** What agents do is not what is measured: each fetches some revisions of a hundred only. */
  private static final Duration ANSWER_DELAY = Duration.ofSeconds(30);

  private static final Duration GRACE = Duration.ofSeconds(20);
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Progress PROGRESS = Progress.timed(System.err);

  @TempDir Path directory;

  @Test
  void whatIsStoredIsBoundedAndGoes() {
    try (Teardown teardown = new Teardown()) {
      TestCluster cluster = TestCluster.start(Repository.find(), PROGRESS);
      teardown.add("cluster", cluster::close);
      Installation installation = Installation.on(cluster, Repository.find(), directory);
      teardown.add("installation", installation::close);
      installation
          .startOperator(
              "operator",
              ProcessOptions.NONE
                  .with(
                      Map.of(
                          "whistler.wanted-profiles",
                          String.valueOf(NODES + 1),
                          "whistler.kernel-grace",
                          GRACE.toSeconds() + "s"))
                  .withJvm(List.of("-Xmx256m")))
          .awaitReady();
      KubernetesClient client = cluster.client();
      SimulatorOptions usual = SimulatorOptions.of(NODES, KERNELS);
      Simulator simulator =
          Simulator.start(
              client,
              Installation.NAMESPACE,
              new SimulatorOptions(NODES, KERNELS, EVENTS, ANSWER_DELAY, usual.leaseDuration(), 0),
              PROGRESS);
      teardown.add("simulator", simulator::close);
      ProgramWatch watch = new ProgramWatch(client);
      teardown.add("watch", watch::close);

      edit(client, watch);
      assertBounded(client);
      leave(client, simulator, watch);
      assertThat(simulator.problems()).isEmpty();
    }
  }

  private static void edit(KubernetesClient client, ProgramWatch watch) {
    Programs programs = new Programs(client);
    for (int round = 1; round <= ROUNDS; round++) {
      for (int program = 0; program < PROGRAMS; program++) {
        programs.apply(ProgramCorpus.name(program), ProgramCorpus.source(program, round), null);
      }
      int revision = round;
      var _ =
          watch.await(
              "revision " + revision + " of all programs",
              LIMIT,
              () -> all(name -> watch.isWritten(name, revision, PLACES)));
      assertThat(IntStream.range(0, PROGRAMS).mapToObj(ProgramCorpus::name))
          .as("none is skipped and none is made twice")
          .allSatisfy(name -> assertThat(watch.newestRevision(name)).isEqualTo(revision));
      if (round % 10 == 0) {
        PROGRESS.say(PROGRAMS * round + " edits are written");
      }
    }
    var _ =
        watch.await(
            "all programs run on the kernels that they have room for",
            LIMIT,
            () -> all(name -> watch.is(name, ROUNDS, runsOn(PLACES, NODES))));
  }

  private static boolean all(Predicate<String> holds) {
    return IntStream.range(0, PROGRAMS).mapToObj(ProgramCorpus::name).allMatch(holds);
  }

  private static Predicate<WhistlerProgramStatus> runsOn(int ready, int selected) {
    return status ->
        status.nodes() != null
            && status.nodes().ready() == ready
            && status.nodes().selected() == selected;
  }

  private static void assertBounded(KubernetesClient client) {
    Waiting.until(
        "no revision is kept that nobody runs",
        LIMIT,
        () ->
            client.resources(WhistlerRevision.class).list().getItems().size()
                <= PROGRAMS * REVISIONS);
    StoredObjects stored = StoredObjects.now(client);
    PROGRESS.say("stored: " + stored);
    assertThat(stored.counts())
        .containsEntry("whistlernodes", (long) NODES)
        .containsEntry("kernelprofiles", (long) KERNELS)
        .containsEntry("whistlerprograms", (long) PROGRAMS)
        .containsEntry("whistlerrevisions", (long) PROGRAMS * REVISIONS);
    Map<String, Set<Set<String>>> places = new HashMap<>();
    Set<String> artifacts = new HashSet<>();
    for (WhistlerRevision revision : client.resources(WhistlerRevision.class).list().getItems()) {
      places
          .computeIfAbsent(revision.getSpec().program().name(), name -> new HashSet<>())
          .add(revision.getStatus().bindings().keySet());
      revision.getStatus().bindings().values().forEach(bound -> artifacts.add(bound.artifact()));
    }
    assertThat(places.values())
        .as("no kernel loses its place by an edit")
        .allSatisfy(
            ofRevisions ->
                assertThat(ofRevisions)
                    .singleElement(InstanceOfAssertFactories.collection(String.class))
                    .hasSize(PLACES));
    assertThat(stored.counts()).containsEntry("whistlerartifacts", (long) artifacts.size());
    assertThat(artifacts.size())
        .as("none is made twice for the same answers")
        .isLessThanOrEqualTo(
            IntStream.range(0, PROGRAMS)
                .map(program -> ProgramCorpus.answerSets(program, KERNELS) * REVISIONS)
                .sum());
    assertThat(stored.largest()).allSatisfy((kind, bytes) -> assertThat(bytes).isLessThan(LARGEST));
    // Deterministic names: as many as there are kinds of news of a program, whatever happens.
    Map<String, Long> events =
        client.v1().events().inAnyNamespace().list().getItems().stream()
            .filter(event -> "WhistlerProgram".equals(event.getInvolvedObject().getKind()))
            .collect(
                Collectors.groupingBy(
                    event -> event.getInvolvedObject().getName(), Collectors.counting()));
    PROGRESS.say("events: " + events);
    assertThat(events.values()).allMatch(count -> count <= NEWS);
  }

  /** Kernels for which some revision binds an artifact. */
  private static Set<String> bound(KubernetesClient client) {
    return client.resources(WhistlerRevision.class).list().getItems().stream()
        .map(WhistlerRevision::getStatus)
        .flatMap(status -> status.bindings().keySet().stream())
        .collect(Collectors.toSet());
  }

  private static void leave(KubernetesClient client, Simulator simulator, ProgramWatch watch) {
    List<String> gone = new ArrayList<>(simulator.names());
    List<String> stay = gone.subList(0, PROGRAMS);
    simulator.reboot(stay, SyntheticKernel.numbered(0, EVENTS));
    List<String> left = gone.subList(PROGRAMS, NODES);
    simulator.leave(left);
    Waiting.until(
        "nothing is left of nodes that are gone",
        LIMIT,
        () ->
            client.resources(WhistlerNode.class).list().getItems().size() == stay.size()
                && client.leases().inNamespace(Installation.NAMESPACE).list().getItems().size()
                    == stay.size());
    Waiting.until(
        "nothing is left of kernels that nobody has",
        LIMIT,
        () ->
            StoredObjects.now(client).counts().get("kernelprofiles") == 1
                && bound(client).size() == 1);
    var _ =
        watch.await(
            "all programs run on the nodes that are left",
            LIMIT,
            () -> all(name -> watch.is(name, ROUNDS, runsOn(stay.size(), stay.size()))));
    // First no revision names them any more, then they go.
    Waiting.until(
        "an object for each revision that is kept",
        LIMIT,
        () -> StoredObjects.now(client).counts().get("whistlerartifacts") == PROGRAMS * REVISIONS);
    PROGRESS.say("stored in the end: " + StoredObjects.now(client));
  }
}

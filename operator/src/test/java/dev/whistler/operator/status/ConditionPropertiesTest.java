package dev.whistler.operator.status;

import static dev.whistler.operator.Examples.FORKS;
import static dev.whistler.operator.Examples.built;
import static dev.whistler.operator.Examples.node;
import static dev.whistler.operator.Examples.revision;
import static dev.whistler.operator.Examples.unusable;
import static dev.whistler.operator.Examples.withLiveness;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.NodeReasons;
import dev.whistler.crds.StoredRevision;
import dev.whistler.crds.WhistlerNodeStatus.Running;
import dev.whistler.crds.WhistlerNodeStatus.State;
import dev.whistler.crds.WhistlerNodeStatus.Target;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.crds.WhistlerRevisionStatus.Phase;
import dev.whistler.operator.build.BuildOutcome;
import dev.whistler.operator.build.CompilerReasons;
import dev.whistler.operator.model.ClusterNode;
import dev.whistler.operator.model.Liveness;
import dev.whistler.operator.model.Reason;
import dev.whistler.operator.model.Refusal;
import dev.whistler.operator.rollout.RolloutPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Whatever is observed, and whatever agents claim, nothing is said that the table has not. */
final class ConditionPropertiesTest {
  private static final List<String> KERNELS = List.of("k1", "k2", "k3");

  /** Words of agents, words of ours that an agent may not use, and one of a newer agent. */
  private static final List<String> WORDS =
      Stream.of(
              NodeReasons.ALL.stream().map(NodeReasons.Row::reason),
              Stream.of("Ready", "Pending", "AgentSilent", "NoRevision", "OfANewerAgent"))
          .flatMap(words -> words)
          .toList();

  @Property(tries = 3000)
  void nothingIsSaidThatTheTableHasNot(@ForAll("observations") Observation observation) {
    WhistlerProgramStatus first = ProgramStatus.of(observation, Situations.NOW);
    ConditionTableTest.assertWellSaid(observation.toString(), first);

    Observation again = with(observation, first);
    WhistlerProgramStatus second = ProgramStatus.of(again, Situations.NOW.plusSeconds(60));
    ConditionTableTest.assertWellSaid(again.toString(), second);
    assertThat(ProgramStatus.of(with(observation, second), Situations.NOW.plusSeconds(90)))
        .as("it settles")
        .isEqualTo(second);
    assertThat(Transition.between(first, second))
        .allSatisfy(it -> assertThat(it.message()).matches("(?s)[A-Z].*[.!?…]"));
  }

  private static Observation with(Observation given, WhistlerProgramStatus previous) {
    return new Observation(
        given.program(),
        given.refusal(),
        given.nodes(),
        given.kernels(),
        given.builds(),
        given.plan(),
        given.artifacts(),
        given.stored(),
        previous);
  }

  @Provide
  Arbitrary<Observation> observations() {
    Arbitrary<List<ClusterNode>> nodes =
        nodes().list().ofMaxSize(4).map(ConditionPropertiesTest::named);
    Arbitrary<Map<String, BuildOutcome>> builds =
        outcomes().list().ofSize(KERNELS.size()).map(ConditionPropertiesTest::byKernel);
    return Combinators.combine(nodes, builds, revisions(), Arbitraries.integers().between(0, 9))
        .as(ConditionPropertiesTest::observation);
  }

  private static Observation observation(
      List<ClusterNode> nodes,
      Map<String, BuildOutcome> builds,
      List<StoredRevision> stored,
      int refused) {
    if (refused > 0) {
      Map<String, BuildOutcome> asked = new HashMap<>(builds);
      asked
          .keySet()
          .removeIf(
              kernel -> nodes.stream().noneMatch(it -> it.identity().equals(Optional.of(kernel))));
      return Situations.observation(nodes, asked, stored, null);
    }
    Observation given = Situations.observation(nodes, Map.of(), stored, null);
    RolloutPlan plan = RolloutPlan.unchanged(stored);
    return new Observation(
        FORKS,
        Optional.of(new Refusal("UnsupportedTtl", "It does not work")),
        nodes,
        given.kernels(),
        Map.of(),
        plan,
        plan.targetArtifacts(),
        Map.of(),
        null);
  }

  private static Arbitrary<List<StoredRevision>> revisions() {
    Map<String, String> bound = Map.of("k1", "artifact-old", "k2", "artifact-old");
    return Arbitraries.of(
        List.of(),
        List.of(revision(1, "old", Phase.ACTIVE, bound)),
        List.of(revision(1, "new", Phase.ACTIVE, bound)),
        List.of(
            revision(1, "old", Phase.ACTIVE, bound), revision(2, "new", Phase.ACTIVE, Map.of())));
  }

  private static Map<String, BuildOutcome> byKernel(List<BuildOutcome> outcomes) {
    Map<String, BuildOutcome> builds = new HashMap<>();
    for (int i = 0; i < KERNELS.size(); i++) {
      builds.put(KERNELS.get(i), outcomes.get(i));
    }
    return builds;
  }

  private static Arbitrary<BuildOutcome> outcomes() {
    return Arbitraries.oneOf(
        Arbitraries.just(built(20)),
        Arbitraries.of(CompilerReasons.all()).map(Situations::no),
        Arbitraries.of(Reason.OBJECT_TOO_LARGE, Reason.MALFORMED_PROFILE)
            .map(reason -> new BuildOutcome.Impossible(reason, "It cannot be")),
        Arbitraries.of(new BuildOutcome.Awaiting(), new BuildOutcome.Queued()));
  }

  private static List<ClusterNode> named(List<ClusterNode> nodes) {
    List<ClusterNode> named = new ArrayList<>();
    for (ClusterNode it : nodes) {
      named.add(
          new ClusterNode(
              "n" + named.size(),
              it.labels(),
              it.kernel(),
              it.release(),
              it.programs(),
              it.obstacle(),
              it.liveness()));
    }
    return named;
  }

  private static Arbitrary<ClusterNode> nodes() {
    Arbitrary<String> word = Arbitraries.of(WORDS);
    Arbitrary<Optional<Running>> running =
        Combinators.combine(
                Arbitraries.longs().between(1, 3),
                word.injectNull(0.5),
                Arbitraries.of("Lost", "Lost.", "").injectNull(0.3))
            .as((revision, reason, message) -> new Running(revision, "a", null, reason, message))
            .optional(0.5);
    Arbitrary<Optional<Target>> target =
        Combinators.combine(
                Arbitraries.longs().between(1, 3),
                Arbitraries.of(State.class),
                word.injectNull(0.3),
                Arbitraries.of("No way", "No way.", "no\nway").injectNull(0.3))
            .as((revision, state, reason, message) -> target(revision, state, reason, message))
            .optional(0.5);
    return Combinators.combine(
            Arbitraries.of(KERNELS),
            running,
            target,
            Arbitraries.of(Liveness.class),
            word.optional(0.2),
            Arbitraries.of(true, false))
        .as(
            (kernel, runs, wanted, liveness, obstacle, described) -> {
              ClusterNode said =
                  runs.isEmpty() && wanted.isEmpty()
                      ? node("n", kernel)
                      : node("n", kernel, runs.orElse(null), wanted.orElse(null));
              ClusterNode alive = withLiveness(said, liveness);
              return obstacle
                  .map(
                      reason ->
                          unusable(
                              alive, described ? Optional.of(kernel) : Optional.empty(), reason))
                  .orElse(alive);
            });
  }

  private static Target target(
      long revision, State state, @Nullable String reason, @Nullable String message) {
    return new Target(revision, "a", state, reason, message);
  }
}

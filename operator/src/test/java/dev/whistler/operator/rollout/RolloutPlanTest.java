package dev.whistler.operator.rollout;

import static dev.whistler.operator.Examples.artifact;
import static dev.whistler.operator.Examples.bindings;
import static dev.whistler.operator.Examples.content;
import static dev.whistler.operator.Examples.node;
import static dev.whistler.operator.Examples.revision;
import static dev.whistler.operator.Examples.running;
import static dev.whistler.operator.Examples.unusable;
import static dev.whistler.operator.Examples.updating;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.NodeReason;
import dev.whistler.crds.RevisionPayload;
import dev.whistler.crds.RevisionReading;
import dev.whistler.crds.StoredRevision;
import dev.whistler.crds.WhistlerNodeStatus.State;
import dev.whistler.crds.WhistlerRevisionStatus;
import dev.whistler.crds.WhistlerRevisionStatus.Phase;
import dev.whistler.operator.model.ClusterNode;
import dev.whistler.operator.model.StoredArtifact;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class RolloutPlanTest {
  @Test
  void theFirstSourceThatCompilesBecomesRevisionOne() {
    RolloutPlan plan = plan("new", List.of(), List.of(node("a", "k1")), Map.of("k1", "a1"));

    assertThat(plan.create()).map(RevisionPayload::revision).contains(1L);
    assertThat(plan.target()).hasValue(1);
    assertThat(plan.statuses()).containsOnlyKeys(1L);
    assertThat(plan.statuses().get(1L).phase()).isEqualTo(Phase.ACTIVE);
    assertThat(plan.targetArtifacts()).containsExactly(Map.entry("k1", "a1"));
  }

  @Test
  void aSourceThatCompilesNowhereMakesNoRevision() {
    RolloutPlan plan = plan("broken", List.of(), List.of(node("a", "k1")), Map.of());

    assertThat(plan.create()).isEmpty();
    assertThat(plan.target()).isEmpty();
    assertThat(plan.current()).isFalse();
  }

  @Test
  void anOldRevisionKeepsRunningWhenTheNewSourceDoesNotCompile() {
    List<StoredRevision> stored = List.of(revision(4, "old", Phase.ACTIVE, Map.of("k1", "a1")));

    RolloutPlan plan = plan("broken", stored, List.of(node("a", "k1")), Map.of());

    assertThat(plan.create()).isEmpty();
    assertThat(plan.target()).hasValue(4);
    assertThat(plan.current()).isFalse();
    assertThat(plan.changed(stored)).isEmpty();
    assertThat(plan.targetArtifacts()).containsKey("k1");
  }

  @Test
  void aSpecThatSelectsNoNodeAnyMoreEndsWhatRuns() {
    List<StoredRevision> stored = List.of(revision(4, "old", Phase.ACTIVE, Map.of("k1", "a1")));

    RolloutPlan plan = plan("new", stored, List.of(), Map.of());

    assertThat(plan.create()).map(RevisionPayload::revision).contains(5L);
    assertThat(plan.statuses().get(5L).phase()).isEqualTo(Phase.ACTIVE);
    assertThat(plan.statuses().get(4L).phase()).isEqualTo(Phase.SUPERSEDED);
  }

  @Test
  void aChangedSourceGetsTheNextNumberAndTheOldRevisionStaysUntilTheNewOneRuns() {
    List<StoredRevision> stored =
        List.of(
            revision(4, "older", Phase.SUPERSEDED, Map.of("k1", "a0")),
            revision(5, "old", Phase.ACTIVE, Map.of("k1", "a1")));

    RolloutPlan plan = plan("new", stored, List.of(node("a", "k1")), Map.of("k1", "a2"));

    assertThat(plan.create()).map(RevisionPayload::revision).contains(6L);
    assertThat(plan.statuses().get(6L).phase()).isEqualTo(Phase.ACTIVE);
    assertThat(plan.statuses().get(5L).phase())
        .as("a node on which the new one does not start goes on with it")
        .isEqualTo(Phase.ACTIVE);
    assertThat(plan.statuses().get(4L).phase()).isEqualTo(Phase.SUPERSEDED);
    assertThat(plan.changed(stored).keySet()).containsExactly(6L);

    List<StoredRevision> written =
        List.of(stored.get(0), stored.get(1), revision(6, "new", Phase.ACTIVE, Map.of("k1", "a2")));
    RolloutPlan half =
        plan("new", written, List.of(running("a", "k1", 6, null), node("b", "k1")), today("a2"));
    assertThat(half.statuses().get(5L).phase()).isEqualTo(Phase.ACTIVE);
    RolloutPlan done =
        plan(
            "new",
            written,
            List.of(running("a", "k1", 6, null), running("b", "k1", 6, NodeReason.RECORDS_LOST)),
            today("a2"));
    assertThat(done.statuses().get(5L).phase()).isEqualTo(Phase.SUPERSEDED);
  }

  @Test
  void whatRunsStaysHoweverManyUpdatesFail() {
    List<StoredRevision> stored = new ArrayList<>();
    for (long number = 1; number <= 9; number++) {
      stored.add(revision(number, "source " + number, Phase.ACTIVE, Map.of("k1", "a" + number)));
    }
    RolloutPlan plan =
        plan(
            "new",
            stored,
            List.of(updating("a", "k1", 1, 9, State.FAILED, NodeReason.ATTACH_FAILED)),
            today("a10"));

    assertThat(plan.statuses()).containsOnlyKeys(1L, 6L, 7L, 8L, 9L, 10L);
    assertThat(plan.statuses().values()).allMatch(status -> status.phase() == Phase.ACTIVE);
    assertThat(plan.delete()).containsExactly(5L, 4L, 3L, 2L);
  }

  @Test
  void aNodeThatDoesNotSayItsKernelIsNotDeselected() {
    List<StoredRevision> stored = List.of(revision(4, "old", Phase.ACTIVE, Map.of("k1", "a1")));

    RolloutPlan plan =
        plan(
            "new",
            stored,
            List.of(unusable(node("a", "k1"), Optional.empty(), NodeReason.KERNEL_UNUSABLE)),
            Map.of());

    assertThat(plan.create()).isEmpty();
    assertThat(plan.statuses().get(4L).phase()).isEqualTo(Phase.ACTIVE);
  }

  @Test
  void anArtifactThatIsGoneOrNotOursGivesWayToTodays() {
    List<StoredRevision> stored =
        List.of(
            revision(
                5,
                "same",
                Phase.ACTIVE,
                Map.of(
                    "k1", "kept", "k2", "gone", "k3", "forged", "k4", "unbuilt", "k5", "other")));
    Map<String, StoredArtifact> today = new HashMap<>();
    for (int i = 1; i <= 5; i++) {
      today.put("k" + i, artifact("today-" + i, "same", "answers-" + i));
    }
    today.remove("k4");

    RolloutPlan plan =
        RolloutPlan.of(
            content("same"),
            stored,
            List.of(node("a", "k1"), node("b", "k2"), node("c", "k3"), node("d", "k4")),
            new Bindings(
                today,
                Set.of(),
                Map.of(
                    "kept", artifact("kept", "same", "answers of an older compiler"),
                    "forged", artifact("forged", "another text", "answers-3"),
                    "other", artifact("other", "same", "answers-1")),
                profile -> false));

    assertThat(plan.targetArtifacts())
        .containsOnly(
            Map.entry("k1", "kept"),
            Map.entry("k2", "today-2"),
            Map.entry("k3", "today-3"),
            Map.entry("k4", "unbuilt"),
            Map.entry("k5", "today-5"));
  }

  @Test
  void kernelsThatNoNodeHasAnyMoreAreForgotten() {
    List<StoredRevision> stored =
        List.of(
            revision(5, "old", Phase.SUPERSEDED, Map.of("k1", "a1", "k2", "a2")),
            revision(6, "same", Phase.ACTIVE, Map.of("k1", "a3", "k2", "a4", "k3", "a5")));

    RolloutPlan plan =
        RolloutPlan.of(
            content("same"),
            stored,
            List.of(running("a", "k1", 6, null)),
            new Bindings(
                Map.of("k1", artifact("a3", "same", "x")),
                Set.of(),
                Map.of("a3", artifact("a3", "same", "x")),
                Set.of("k1", "k2")::contains));

    assertThat(plan.statuses().get(6L).bindings())
        .as("one that is selected is never forgotten")
        .containsOnlyKeys("k1", "k3");
    assertThat(plan.statuses().get(5L).bindings()).containsOnlyKeys("k1");
    assertThat(plan.bound()).containsOnly("a1", "a3", "a5");
  }

  @Test
  void aStatusHoldsAsManyKernelsAsItMay() {
    Map<String, StoredArtifact> today = new HashMap<>();
    List<ClusterNode> nodes = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      today.put("k" + i, artifact("a" + i, "same", "answers-" + i));
      nodes.add(node("n" + i, "k" + i));
    }
    Map<String, String> before = new HashMap<>();
    for (int i = 100; i < 300; i++) {
      before.put("k" + i, "a" + i);
      before.put("gone-" + i, "gone-" + i);
    }

    RolloutPlan plan =
        RolloutPlan.of(
            content("same"),
            List.of(revision(1, "same", Phase.ACTIVE, before)),
            nodes,
            new Bindings(today, Set.of(), Map.of(), profile -> false));

    assertThat(plan.targetArtifacts())
        .hasSize(WhistlerRevisionStatus.MAX_KERNELS)
        .as("who has one keeps it, and what nobody selects goes first")
        .containsKeys("k100", "k299")
        .doesNotContainKey("gone-100");
  }

  /** Kernels are compiled in any order, and more of them than a status holds. */
  @Property(tries = 20)
  void whoHasAPlaceHasItInTheNextRevisionToo(
      @ForAll @IntRange(min = 257, max = 330) int kernels,
      @ForAll @IntRange(min = 0, max = 20) int failing,
      @ForAll Random random) {
    List<String> order = new ArrayList<>();
    List<ClusterNode> nodes = new ArrayList<>();
    for (int kernel = 0; kernel < kernels; kernel++) {
      order.add("k" + kernel);
      nodes.add(running("n" + kernel, "k" + kernel, 5, null));
    }
    Collections.shuffle(order, random);
    Set<String> placed = Set.copyOf(order.subList(0, WhistlerRevisionStatus.MAX_KERNELS));
    Set<String> failed = Set.copyOf(order.subList(0, failing));
    Map<String, String> bound = new HashMap<>();
    placed.forEach(kernel -> bound.put(kernel, "old-" + kernel));
    List<StoredRevision> stored = new ArrayList<>();
    stored.add(revision(5, "old", Phase.ACTIVE, bound));
    Collections.shuffle(order, random);
    Map<String, StoredArtifact> built = new HashMap<>();
    Set<String> pending = new HashSet<>(order);
    Set<String> bindings = Set.of();

    for (int at = 0; at < order.size(); at++) {
      String kernel = order.get(at);
      pending.remove(kernel);
      if (!failed.contains(kernel)) {
        built.put(kernel, artifact("new-" + kernel, "new", kernel));
      }
      if (at % 40 != 39 && at != order.size() - 1) {
        continue;
      }
      RolloutPlan plan =
          RolloutPlan.of(
              content("new"),
              stored,
              nodes,
              new Bindings(built, pending, Map.of(), identity -> false));
      Set<String> now = plan.statuses().get(6L).bindings().keySet();
      assertThat(now).as("none loses what it has").containsAll(bindings);
      assertThat(now)
          .as("who had a place and compiles has it")
          .containsAll(built.keySet().stream().filter(placed::contains).collect(Collectors.toSet()))
          .hasSizeLessThanOrEqualTo(WhistlerRevisionStatus.MAX_KERNELS);
      bindings = now;
      stored.removeIf(revision -> revision.number() == 6);
      stored.add(
          new StoredRevision(
              new RevisionReading.Readable(content("new").numbered(6)),
              plan.statuses().get(6L),
              false));
    }
    assertThat(bindings)
        .as("those that had none have what is left over")
        .hasSize(Math.min(WhistlerRevisionStatus.MAX_KERNELS, kernels - failing));
  }

  @Test
  void anUnchangedSpecChangesNothing() {
    List<StoredRevision> stored = List.of(revision(5, "same", Phase.ACTIVE, Map.of("k1", "a1")));

    RolloutPlan plan = plan("same", stored, List.of(node("a", "k1")), Map.of("k1", "a1"));

    assertThat(plan.create()).isEmpty();
    assertThat(plan.current()).isTrue();
    assertThat(plan.changed(stored)).isEmpty();
  }

  @Test
  void aNewKernelAddsAnArtifactToTheRevisionThatIsThere() {
    List<StoredRevision> stored = List.of(revision(5, "same", Phase.ACTIVE, Map.of("k1", "a1")));

    RolloutPlan plan =
        plan(
            "same",
            stored,
            List.of(node("a", "k1"), node("b", "k2")),
            Map.of("k1", "a1", "k2", "a2"));

    assertThat(plan.create()).isEmpty();
    assertThat(plan.targetArtifacts()).containsOnlyKeys("k1", "k2");
  }

  @Test
  void anotherCompilerVersionDoesNotReplaceArtifacts() {
    List<StoredRevision> stored = List.of(revision(5, "same", Phase.ACTIVE, Map.of("k1", "a1")));

    RolloutPlan plan =
        plan("same", stored, List.of(node("a", "k1")), Map.of("k1", "of-another-compiler"));

    assertThat(plan.targetArtifacts()).containsExactly(Map.entry("k1", "a1"));
  }

  @Test
  void aKernelForWhichTheNewSourceDoesNotCompileGoesOnWithTheOldRevision() {
    List<StoredRevision> stored =
        List.of(revision(5, "old", Phase.ACTIVE, Map.of("k1", "a1", "k2", "a2")));

    RolloutPlan plan =
        plan("new", stored, List.of(node("a", "k1"), node("b", "k2")), Map.of("k1", "a3"));

    assertThat(plan.statuses().get(6L).bindings()).containsOnlyKeys("k1");
    assertThat(plan.statuses().get(5L).phase()).isEqualTo(Phase.ACTIVE);
  }

  @Test
  void fiveRevisionsAreKept() {
    List<StoredRevision> stored = new ArrayList<>();
    for (long number = 1; number <= 5; number++) {
      Phase phase = number == 5 ? Phase.ACTIVE : Phase.SUPERSEDED;
      stored.add(revision(number, "source " + number, phase, Map.of("k1", "a" + number)));
    }

    RolloutPlan plan = plan("new", stored, List.of(node("a", "k1")), Map.of("k1", "a6"));

    assertThat(plan.statuses()).containsOnlyKeys(2L, 3L, 4L, 5L, 6L);
    assertThat(plan.delete()).containsExactly(1L);
  }

  @Test
  void aRevisionWhoseStatusWasNeverWrittenIsCompleted() {
    StoredRevision halfWritten =
        new StoredRevision(revision(5, "same", Phase.PENDING, Map.of()).reading(), null, false);

    RolloutPlan plan =
        plan("same", List.of(halfWritten), List.of(node("a", "k1")), Map.of("k1", "a1"));

    assertThat(plan.changed(List.of(halfWritten)))
        .containsExactly(
            Map.entry(5L, WhistlerRevisionStatus.of(Phase.ACTIVE, bindings(Map.of("k1", "a1")))));
  }

  /** Watches tell of revisions and nodes in any order. */
  @Property
  void thePlanDoesNotDependOnAnyOrder(
      @ForAll @IntRange(min = 1, max = 9) int count,
      @ForAll @IntRange(min = 1, max = 6) int size,
      @ForAll Random random) {
    List<StoredRevision> stored = new ArrayList<>();
    for (long number = 1; number <= count; number++) {
      Phase phase = random.nextBoolean() ? Phase.ACTIVE : Phase.SUPERSEDED;
      stored.add(revision(number, "source " + number, phase, Map.of("k1", "a" + number)));
    }
    List<ClusterNode> nodes = new ArrayList<>();
    for (int node = 0; node < size; node++) {
      nodes.add(
          random.nextBoolean()
              ? running("n" + node, "k1", 1 + random.nextInt(count), null)
              : node("n" + node, "k2"));
    }
    String source = "source " + (count + random.nextInt(2));
    Map<String, String> artifacts = Map.of("k1", "today", "k2", "today");

    RolloutPlan plan = plan(source, stored, nodes, artifacts);
    for (int again = 0; again < 5; again++) {
      Collections.shuffle(stored, random);
      Collections.shuffle(nodes, random);
      assertThat(plan(source, stored, nodes, artifacts)).isEqualTo(plan);
    }
  }

  private static Map<String, String> today(String artifact) {
    return Map.of("k1", artifact);
  }

  /** Artifacts of today by profile; all others are still there. */
  private static RolloutPlan plan(
      String source,
      List<StoredRevision> revisions,
      List<ClusterNode> nodes,
      Map<String, String> artifacts) {
    Map<String, StoredArtifact> built = new HashMap<>();
    artifacts.forEach((profile, name) -> built.put(profile, artifact(name, source, profile)));
    Map<String, StoredArtifact> stored = new HashMap<>();
    revisions.stream()
        .flatMap(revision -> revision.bindings().entrySet().stream())
        .forEach(
            bound ->
                stored.put(
                    bound.getValue().artifact(),
                    artifact(bound.getValue().artifact(), source, bound.getKey())));
    return RolloutPlan.of(
        content(source), revisions, nodes, new Bindings(built, Set.of(), stored, profile -> false));
  }
}

package dev.whistler.operator.rollout;

import static dev.whistler.operator.Examples.content;
import static dev.whistler.operator.Examples.revision;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.WhistlerRevision;
import dev.whistler.crds.WhistlerRevisionSpec;
import dev.whistler.crds.WhistlerRevisionStatus;
import dev.whistler.crds.WhistlerRevisionStatus.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RolloutPlanTest {
  @Test
  void theFirstSourceThatCompilesBecomesRevisionOne() {
    RolloutPlan plan = RolloutPlan.of(content("new"), List.of(), Set.of("k1"), Map.of("k1", "a1"));

    assertThat(plan.create()).map(WhistlerRevisionSpec::revision).contains(1L);
    assertThat(plan.target()).hasValue(1);
    assertThat(plan.statuses()).containsOnlyKeys(1L);
    assertThat(plan.statuses().get(1L).phase()).isEqualTo(Phase.ACTIVE);
    assertThat(plan.targetArtifacts()).containsExactly(Map.entry("k1", "a1"));
  }

  @Test
  void aSourceThatCompilesNowhereMakesNoRevision() {
    RolloutPlan plan = RolloutPlan.of(content("broken"), List.of(), Set.of("k1"), Map.of());

    assertThat(plan.create()).isEmpty();
    assertThat(plan.target()).isEmpty();
    assertThat(plan.current()).isFalse();
  }

  @Test
  void anOldRevisionKeepsRunningWhenTheNewSourceDoesNotCompile() {
    List<WhistlerRevision> stored = List.of(revision(4, "old", Phase.ACTIVE, Map.of("k1", "a1")));

    RolloutPlan plan = RolloutPlan.of(content("broken"), stored, Set.of("k1"), Map.of());

    assertThat(plan.create()).isEmpty();
    assertThat(plan.target()).hasValue(4);
    assertThat(plan.current()).isFalse();
    assertThat(plan.changed(stored)).isEmpty();
    assertThat(plan.targetArtifacts()).containsKey("k1");
  }

  @Test
  void aSpecThatSelectsNoNodeAnyMoreEndsWhatRuns() {
    List<WhistlerRevision> stored = List.of(revision(4, "old", Phase.ACTIVE, Map.of("k1", "a1")));

    RolloutPlan plan = RolloutPlan.of(content("new"), stored, Set.of(), Map.of());

    assertThat(plan.create()).map(WhistlerRevisionSpec::revision).contains(5L);
    assertThat(plan.statuses().get(5L).phase()).isEqualTo(Phase.ACTIVE);
    assertThat(plan.statuses().get(4L).phase()).isEqualTo(Phase.SUPERSEDED);
  }

  @Test
  void aChangedSourceGetsTheNextNumberAndTheOldRevisionIsSuperseded() {
    List<WhistlerRevision> stored =
        List.of(
            revision(4, "older", Phase.SUPERSEDED, Map.of("k1", "a0")),
            revision(5, "old", Phase.ACTIVE, Map.of("k1", "a1")));

    RolloutPlan plan = RolloutPlan.of(content("new"), stored, Set.of("k1"), Map.of("k1", "a2"));

    assertThat(plan.create()).map(WhistlerRevisionSpec::revision).contains(6L);
    assertThat(plan.statuses().get(6L).phase()).isEqualTo(Phase.ACTIVE);
    assertThat(plan.statuses().get(5L).phase()).isEqualTo(Phase.SUPERSEDED);
    assertThat(plan.changed(stored).keySet()).as("the new one first").containsExactly(6L, 5L);
  }

  @Test
  void anUnchangedSpecChangesNothing() {
    List<WhistlerRevision> stored = List.of(revision(5, "same", Phase.ACTIVE, Map.of("k1", "a1")));

    RolloutPlan plan = RolloutPlan.of(content("same"), stored, Set.of("k1"), Map.of("k1", "a1"));

    assertThat(plan.create()).isEmpty();
    assertThat(plan.current()).isTrue();
    assertThat(plan.changed(stored)).isEmpty();
  }

  @Test
  void aNewKernelAddsAnArtifactToTheRevisionThatIsThere() {
    List<WhistlerRevision> stored = List.of(revision(5, "same", Phase.ACTIVE, Map.of("k1", "a1")));

    RolloutPlan plan =
        RolloutPlan.of(content("same"), stored, Set.of("k1", "k2"), Map.of("k1", "a1", "k2", "a2"));

    assertThat(plan.create()).isEmpty();
    assertThat(plan.targetArtifacts()).containsOnlyKeys("k1", "k2");
  }

  @Test
  void anotherCompilerVersionDoesNotReplaceArtifacts() {
    List<WhistlerRevision> stored = List.of(revision(5, "same", Phase.ACTIVE, Map.of("k1", "a1")));

    RolloutPlan plan =
        RolloutPlan.of(content("same"), stored, Set.of("k1"), Map.of("k1", "of-another-compiler"));

    assertThat(plan.targetArtifacts()).containsExactly(Map.entry("k1", "a1"));
  }

  @Test
  void aKernelForWhichTheNewSourceDoesNotCompileGoesOnWithTheOldRevision() {
    List<WhistlerRevision> stored =
        List.of(revision(5, "old", Phase.ACTIVE, Map.of("k1", "a1", "k2", "a2")));

    RolloutPlan plan =
        RolloutPlan.of(content("new"), stored, Set.of("k1", "k2"), Map.of("k1", "a3"));

    assertThat(plan.statuses().get(6L).artifacts()).containsOnlyKeys("k1");
    assertThat(plan.statuses().get(5L).phase()).isEqualTo(Phase.ACTIVE);
  }

  @Test
  void fiveRevisionsAreKept() {
    List<WhistlerRevision> stored = new ArrayList<>();
    for (long number = 1; number <= 5; number++) {
      Phase phase = number == 5 ? Phase.ACTIVE : Phase.SUPERSEDED;
      stored.add(revision(number, "source " + number, phase, Map.of("k1", "a" + number)));
    }

    RolloutPlan plan = RolloutPlan.of(content("new"), stored, Set.of("k1"), Map.of("k1", "a6"));

    assertThat(plan.statuses()).containsOnlyKeys(2L, 3L, 4L, 5L, 6L);
    assertThat(plan.delete()).containsExactly(1L);
  }

  @Test
  void aRevisionWhoseStatusWasNeverWrittenIsCompleted() {
    WhistlerRevision halfWritten = revision(5, "same", Phase.PENDING, Map.of());
    halfWritten.setStatus(null);

    RolloutPlan plan =
        RolloutPlan.of(content("same"), List.of(halfWritten), Set.of("k1"), Map.of("k1", "a1"));

    assertThat(plan.changed(List.of(halfWritten)))
        .containsExactly(
            Map.entry(
                5L,
                new WhistlerRevisionStatus(
                    Phase.ACTIVE, Map.of("k1", "a1"), null, List.of(), null)));
  }
}

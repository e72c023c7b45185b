package dev.whistler.agent.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.whistler.crds.Selector;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which revision a node runs. */
final class AssignmentsTest {

  private static final Map<String, String> LABELS = Map.of("zone", "left");

  @Test
  void aSelectedNodeRunsTheHighestRevisionThatHasAnArtifactForItsKernel() {
    var revisions =
        List.of(
            Revisions.active("forks", 1, null, Map.of("k61", "a1", "k618", "b1")),
            Revisions.active("forks", 2, null, Map.of("k618", "b2")),
            Revisions.active("waits", 7, null, Map.of("k61", "c7")));
    assertThat(Assignments.of(revisions, LABELS, "k618"))
        .extracting(Candidates::target)
        .extracting(Assignment::program, Assignment::revision, Assignment::artifact)
        .containsExactly(tuple("forks", 2L, "b2"));
    assertThat(Assignments.of(revisions, LABELS, "k61"))
        .extracting(Candidates::target)
        .extracting(Assignment::artifact)
        .containsExactly("a1", "c7");
  }

  @Test
  void behindItComeTheOlderOnesForWhereItDoesNotStart() {
    var revisions =
        List.of(
            Revisions.active("forks", 1, null, Map.of("k", "a1")),
            Revisions.active("forks", 2, null, Map.of("other", "a2")),
            Revisions.active("forks", 3, null, Map.of("k", "a3")));
    assertThat(Assignments.of(revisions, LABELS, "k").getFirst().ranked())
        .extracting(Assignment::artifact)
        .containsExactly("a3", "a1");
  }

  @Test
  void aNodeThatIsNotSelectedRunsNothing() {
    var revisions =
        List.of(
            Revisions.active("forks", 1, null, Map.of("k", "a1")),
            Revisions.active("forks", 2, Selector.label("zone", "right"), Map.of("k", "a2")));
    assertThat(Assignments.of(revisions, LABELS, "k")).isEmpty();
    assertThat(Assignments.of(revisions, Map.of("zone", "right"), "k"))
        .extracting(Candidates::target)
        .extracting(Assignment::artifact)
        .containsExactly("a2");
  }
}

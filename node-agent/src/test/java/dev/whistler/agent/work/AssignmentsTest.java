package dev.whistler.agent.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.whistler.crds.KernelIdentity;
import dev.whistler.crds.Limits;
import dev.whistler.crds.ProgramSink;
import dev.whistler.crds.RevisionPayload;
import dev.whistler.crds.Selector;
import dev.whistler.crds.Tier;
import dev.whistler.crds.WhistlerRevision;
import dev.whistler.crds.WhistlerRevisionStatus;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which revision a node runs. */
final class AssignmentsTest {
  private final Assignments assignments = new Assignments();

  private static final Map<String, String> LABELS = Map.of("zone", "left");

  private List<Candidates> of(
      List<WhistlerRevision> revisions, String node, Map<String, String> labels, String kernel) {
    return assignments.of(revisions, node, labels, List.of(kernel), Map.of());
  }

  @Test
  void aSelectedNodeRunsTheHighestRevisionThatHasAnArtifactForItsKernel() {
    var revisions =
        List.of(
            Revisions.active("forks", 1, null, Map.of("k61", "a1", "k618", "b1")),
            Revisions.active("forks", 2, null, Map.of("k618", "b2")),
            Revisions.active("waits", 7, null, Map.of("k61", "c7")));
    assertThat(of(revisions, "node", LABELS, "k618"))
        .extracting(Candidates::target)
        .extracting(Assignment::program, Assignment::revision, Assignment::artifact)
        .containsExactly(tuple("forks", 2L, "b2"));
    assertThat(of(revisions, "node", LABELS, "k61"))
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
    assertThat(of(revisions, "node", LABELS, "k").getFirst().ranked())
        .extracting(Assignment::artifact)
        .containsExactly("a3", "a1");
  }

  @Test
  void aNodeThatIsNotSelectedRunsNothing() {
    var revisions =
        List.of(
            Revisions.active("forks", 1, null, Map.of("k", "a1")),
            Revisions.active("forks", 2, Selector.label("zone", "right"), Map.of("k", "a2")));
    assertThat(of(revisions, "node", LABELS, "k")).isEmpty();
    assertThat(of(revisions, "node", Map.of("zone", "right"), "k"))
        .extracting(Candidates::target)
        .extracting(Assignment::artifact)
        .containsExactly("a2");
  }

  /** As when a module was loaded: nothing is bound to what the kernel is called now. */
  @Test
  void whatRunsGoesOnUntilTheKernelsNewIdentityIsBound() {
    Selector left = Selector.label("zone", "left");
    var before =
        List.of(
            Revisions.active("forks", 1, left, Map.of("old", "a1")),
            Revisions.active("forks", 2, left, Map.of("old", "a2", "other", "a3")));
    Assignment runs = of(before, "node", LABELS, "old").getFirst().target();

    assertThat(of(before, "node", LABELS, "new")).isEmpty();
    assertThat(with(before, LABELS, runs))
        .containsExactly(Candidates.of(Revisions.assignmentOf(before.get(1), "a2")));
    assertThat(with(before, Map.of("zone", "right"), runs)).as("not selected any more").isEmpty();
    assertThat(with(before, LABELS, new Assignment(runs.reading(), "forged"))).isEmpty();
    assertThat(with(before.subList(0, 1), LABELS, runs)).as("superseded").isEmpty();
    var bound =
        List.of(
            before.get(0), Revisions.active("forks", 2, left, Map.of("old", "a2", "new", "a4")));
    assertThat(with(bound, LABELS, runs))
        .containsExactly(Candidates.of(Revisions.assignmentOf(bound.get(1), "a4")));
  }

  private List<Candidates> with(
      List<WhistlerRevision> revisions, Map<String, String> labels, Assignment there) {
    return assignments.of(revisions, "node", labels, List.of("new"), Map.of(there.uid(), there));
  }

  /** As an operator stored it before revisions had payloads, and bound it by profile. */
  @Test
  void anOlderRevisionRunsOn() throws Exception {
    WhistlerRevision stored =
        Serialization.unmarshal(
            Files.readString(
                Path.of("..", "crds", "src", "test", "resources", "stored")
                    .resolve("whistlerrevision-active.yaml")),
            WhistlerRevision.class);
    Map<String, String> labels = Map.of("zone", "a", "kubernetes.io/arch", "amd64");
    String kernel = KernelIdentity.of("a".repeat(40), null);

    assertThat(of(List.of(stored), "node", labels, kernel))
        .extracting(Candidates::target)
        .extracting(Assignment::program, Assignment::revision, Assignment::artifact)
        .containsExactly(tuple("forks", 2L, "1".repeat(40)));
    assertThat(of(List.of(stored), "node", LABELS, kernel)).isEmpty();
  }

  @Test
  void whatIsRequiredAndNotKnownIsRefusedByItsName() {
    RevisionPayload payload = Revisions.payload("forks", 1, null, Tier.OBSERVE);
    RevisionPayload newer =
        RevisionPayload.of(
            payload.program(),
            1,
            payload.sourceDigest(),
            payload.tier(),
            Map.of(),
            null,
            null,
            List.of(),
            List.of(),
            List.of(new ProgramSink("events", null, null)),
            List.of(),
            List.of(),
            new Limits(10, null, null));
    WhistlerRevision revision =
        Revisions.with(
            newer,
            WhistlerRevisionStatus.of(
                WhistlerRevisionStatus.Phase.ACTIVE, Revisions.bindings(Map.of("k", "a1"))));

    assertThat(of(List.of(revision), "node", LABELS, "k"))
        .singleElement()
        .satisfies(
            program ->
                assertThatThrownBy(() -> program.target().payload())
                    .isInstanceOfSatisfying(
                        StartException.class,
                        e -> assertThat(e.reason()).isEqualTo(FailureReason.AGENT_TOO_OLD))
                    .hasMessageContaining("(Budget, SinkRef)"));
  }

  @Test
  void aVerifierTriesTheNextOneBesideWhatRuns() {
    var revisions =
        List.of(
            Revisions.active("forks", 1, null, Map.of("k", "a1")),
            Revisions.with(
                Revisions.payload("forks", 2, null, Tier.OBSERVE),
                new WhistlerRevisionStatus(
                    WhistlerRevisionStatus.Phase.VERIFYING,
                    List.of("node"),
                    List.of(),
                    null,
                    null,
                    Revisions.bindings(Map.of("k", "a2")),
                    Map.of())));

    assertThat(of(revisions, "node", LABELS, "k"))
        .singleElement()
        .satisfies(
            program -> {
              assertThat(program.ranked()).extracting(Assignment::artifact).containsExactly("a1");
              assertThat(program.verify()).map(Assignment::artifact).contains("a2");
            });
    assertThat(of(revisions.subList(1, 2), "node", LABELS, "k"))
        .singleElement()
        .matches(program -> program.ranked().isEmpty() && program.target().revision() == 2);
  }
}

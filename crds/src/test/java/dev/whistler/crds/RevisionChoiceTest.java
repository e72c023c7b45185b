package dev.whistler.crds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.WhistlerRevisionSpec.ProgramReference;
import dev.whistler.crds.WhistlerRevisionStatus.Phase;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Agents run what this says; the operator counts by it. */
final class RevisionChoiceTest {
  private static final Map<String, String> ZONE_A = Map.of("zone", "a");

  @Test
  void theNewestActiveRevisionRuns() {
    assertThat(
            choice(
                revision(1, Phase.ACTIVE, Selector.ALL, "k1"),
                revision(2, Phase.ACTIVE, Selector.ALL, "k1"),
                revision(3, Phase.PENDING, Selector.ALL, "k1"),
                revision(4, null, Selector.ALL, "k1")))
        .contains("revision 2");
  }

  @Test
  void aKernelWithoutArtifactGoesOnWithTheRevisionBefore() {
    assertThat(
            choice(
                revision(1, Phase.ACTIVE, Selector.ALL, "k1"),
                revision(2, Phase.ACTIVE, Selector.ALL, "another-kernel")))
        .contains("revision 1");
  }

  @Test
  void theNewestActiveRevisionDecidesWhichNodesAreSelected() {
    assertThat(
            choice(
                revision(1, Phase.ACTIVE, Selector.ALL, "k1"),
                revision(2, Phase.ACTIVE, Selector.label("zone", "b"), "k1")))
        .isEmpty();
  }

  @Test
  void supersededAndDeletedRevisionsDoNotRun() {
    WhistlerRevision deleted = revision(2, Phase.ACTIVE, Selector.ALL, "k1");
    deleted.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");

    assertThat(choice(revision(1, Phase.SUPERSEDED, Selector.ALL, "k1"), deleted)).isEmpty();
    assertThat(choice()).isEmpty();
  }

  private static Optional<String> choice(WhistlerRevision... revisions) {
    return RevisionChoice.of(List.of(revisions), ZONE_A, "k1")
        .map(choice -> "revision " + choice.revision().getSpec().revision());
  }

  private static WhistlerRevision revision(
      long number, @Nullable Phase phase, Selector selector, String profile) {
    WhistlerRevision revision = new WhistlerRevision();
    revision.setMetadata(new ObjectMetaBuilder().withName("forks-" + number).build());
    revision.setSpec(
        new WhistlerRevisionSpec(
            new ProgramReference("forks", "uid"),
            number,
            "0".repeat(64),
            Tier.OBSERVE,
            Map.of(),
            selector,
            null,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            null,
            null));
    revision.setStatus(
        new WhistlerRevisionStatus(phase, Map.of(profile, "artifact"), null, List.of(), null));
    return revision;
  }
}

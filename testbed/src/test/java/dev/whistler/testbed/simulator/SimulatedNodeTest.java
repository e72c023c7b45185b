package dev.whistler.testbed.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.KernelIdentity;
import dev.whistler.crds.NodeReason;
import dev.whistler.crds.RevisionFeature;
import dev.whistler.crds.RevisionPayload;
import dev.whistler.crds.Selector;
import dev.whistler.crds.StoredRevision;
import dev.whistler.crds.Tier;
import dev.whistler.crds.WhistlerNodeStatus.NodeProgram;
import dev.whistler.crds.WhistlerNodeStatus.State;
import dev.whistler.crds.WhistlerRevision;
import dev.whistler.crds.WhistlerRevisionSpec;
import dev.whistler.crds.WhistlerRevisionSpec.ProgramReference;
import dev.whistler.crds.WhistlerRevisionStatus;
import dev.whistler.crds.WhistlerRevisionStatus.Binding;
import dev.whistler.crds.WhistlerRevisionStatus.Phase;
import dev.whistler.testbed.simulator.SimulatedNode.Failure;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SimulatedNodeTest {
  private static final String UID = "0001";
  private static final String NOW = "2026-11-29T08:00:00Z";
  private static final SyntheticKernel KERNEL = SyntheticKernel.numbered(0, 0);
  private static final SyntheticKernel OTHER = SyntheticKernel.numbered(1, 0);

  private final SimulatedNode node = new SimulatedNode("a", Map.of("zone", "here"), KERNEL);

  @Test
  void runsWhatTheNewestRevisionSaysAndFetchesAnArtifactOnce() {
    assertThat(node.obey(UID, List.of(revision(1, "one", Selector.ALL)), NOW)).hasValue("one");
    assertThat(node.obey(UID, List.of(revision(1, "one", Selector.ALL)), NOW)).isEmpty();
    assertThat(node.obey(UID, List.of(revision(2, "two", Selector.ALL)), NOW)).hasValue("two");
    assertThat(Objects.requireNonNull(program().running()).revision()).isEqualTo(2);
    assertThat(program().target()).isNull();
  }

  @Test
  void runsNothingThatDoesNotSelectIt() {
    node.obey(UID, List.of(revision(1, "one", Selector.ALL)), NOW);
    node.obey(UID, List.of(revision(2, "one", Selector.label("zone", "elsewhere"))), NOW);
    assertThat(node.status(NOW).programs()).isEmpty();
    node.obey(UID, List.of(revision(3, "one", Selector.label("zone", "here"))), NOW);
    assertThat(node.status(NOW).programs()).hasSize(1);
    node.obey(UID, List.of(), NOW);
    assertThat(node.status(NOW).programs()).isEmpty();
  }

  @Test
  void aFailureEndsWhatShallRunAndLeavesWhatRanBefore() {
    node.obey(UID, List.of(revision(1, "one", Selector.ALL)), NOW);
    node.fail("p", new Failure(NodeReason.VERIFIER_REJECTED, "No."));
    node.obey(UID, List.of(revision(2, "two", Selector.ALL)), NOW);
    assertThat(Objects.requireNonNull(program().running()).revision()).isEqualTo(1);
    assertThat(Objects.requireNonNull(program().target()).state()).isEqualTo(State.FAILED);

    node.heal("p");
    node.obey(UID, List.of(revision(2, "two", Selector.ALL)), NOW);
    node.fail("p", new Failure(NodeReason.VERIFIER_REJECTED, "No."));
    node.obey(UID, List.of(revision(2, "two", Selector.ALL)), NOW);
    assertThat(program().running()).isNull();
  }

  @Test
  void aRebootTakesAnotherKernelAndRunsNothingWithoutAnArtifactForIt() {
    node.obey(UID, List.of(revision(1, "one", Selector.ALL)), NOW);
    String boot = node.status(NOW).bootId();
    node.reboot(OTHER);
    node.obey(UID, List.of(revision(1, "one", Selector.ALL)), NOW);
    assertThat(node.status(NOW).bootId()).isNotEqualTo(boot);
    assertThat(node.status(NOW).profile()).isEqualTo(OTHER.profile());
    assertThat(node.status(NOW).programs()).isEmpty();
  }

  @Test
  void renewalsAreSpreadByATenthOfTheirInterval() {
    Random random = new Random(1);
    for (int i = 0; i < 1_000; i++) {
      assertThat(SimulatedAgent.jittered(Duration.ofSeconds(40), random))
          .isBetween(Duration.ofSeconds(36), Duration.ofSeconds(44));
    }
  }

  private NodeProgram program() {
    return node.status(NOW).programs().getFirst();
  }

  private static StoredRevision revision(long number, String artifact, Selector nodes) {
    WhistlerRevision revision = new WhistlerRevision();
    revision.setMetadata(new ObjectMetaBuilder().withName("p-" + number).build());
    revision.setSpec(
        WhistlerRevisionSpec.of(
            RevisionPayload.of(
                new ProgramReference("p", UID),
                number,
                "0".repeat(64),
                Tier.OBSERVE,
                Map.of(),
                nodes,
                null,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                null)));
    revision.setStatus(
        new WhistlerRevisionStatus(
            Phase.ACTIVE,
            List.of(),
            List.of(),
            null,
            null,
            Map.of(KernelIdentity.of(KERNEL.profile(), null), Binding.to(artifact)),
            Map.of()));
    return StoredRevision.of(revision, RevisionFeature.ALL);
  }
}

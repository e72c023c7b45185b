package dev.whistler.operator.model;

import static dev.whistler.operator.Examples.node;
import static dev.whistler.operator.Examples.running;
import static dev.whistler.operator.Examples.unusable;
import static dev.whistler.operator.Examples.withLiveness;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.KernelIdentity;
import dev.whistler.crds.NodeReason;
import dev.whistler.crds.ResourceCondition;
import dev.whistler.crds.TypesPieces;
import dev.whistler.crds.WhistlerNode;
import dev.whistler.crds.WhistlerNodeStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ClusterNodeTest {
  private static final String UID = "uid-1";

  private static WhistlerNode reporting(ResourceCondition... conditions) {
    WhistlerNode node = new WhistlerNode();
    node.getMetadata().setName("a");
    node.setStatus(
        new WhistlerNodeStatus(
            "6.1", null, null, null, null, null, List.of(), List.of(), List.of(conditions)));
    return node;
  }

  @Test
  void whatAnAgentSaysOfItselfIsKept() {
    WhistlerNode reported =
        reporting(
            new ResourceCondition("Other", ResourceCondition.Status.FALSE, "No", "", 0, "t"),
            new ResourceCondition(
                "Ready",
                ResourceCondition.Status.FALSE,
                NodeReason.KERNEL_UNUSABLE,
                "There is no bpffs.",
                0,
                "t"));

    assertThat(ClusterNode.of(reported, Map.of(), Liveness.ALIVE).obstacle())
        .contains(new Trouble(NodeReason.KERNEL_UNUSABLE, "There is no bpffs."));
  }

  /** Nothing new can be compiled for such a node; what it runs it can unload all the same. */
  @Test
  void aDeniedProfileIsAnObstacleThatHoldsNoDeletion() {
    WhistlerNode reported =
        reporting(
            new ResourceCondition(
                "Ready", ResourceCondition.Status.TRUE, NodeReason.AGENT_READY, "", 0, "t"),
            new ResourceCondition(
                "ProfileAccepted",
                ResourceCondition.Status.FALSE,
                NodeReason.PROFILE_DENIED,
                "No.",
                0,
                "t"));

    ClusterNode node = ClusterNode.of(reported, Map.of(), Liveness.ALIVE);

    assertThat(node.obstacle()).contains(new Trouble(NodeReason.PROFILE_DENIED, "No."));
    assertThat(node.mayHold(UID, true)).isFalse();
  }

  @Test
  void aReasonThatIsNoneIsNotRepeated() {
    WhistlerNode reported =
        reporting(
            new ResourceCondition(
                "Ready", ResourceCondition.Status.FALSE, "of old, no word", "No.", 0, "t"));

    assertThat(ClusterNode.of(reported, Map.of(), Liveness.ALIVE).obstacle())
        .contains(new Trouble(NodeReason.KERNEL_UNUSABLE, "No."));
  }

  @Test
  void theIdentityOfAKernelIsNotBelieved() {
    TypesPieces pieces = new TypesPieces(List.of("t"), List.of("f"));
    WhistlerNode reported = new WhistlerNode();
    reported.getMetadata().setName("a");
    reported.setStatus(
        new WhistlerNodeStatus(
            "6.1",
            null,
            null,
            null,
            null,
            new WhistlerNodeStatus.Kernel(
                "p", "those of another", "that of another kernel", pieces),
            List.of(),
            List.of(),
            List.of()));

    ClusterNode node = ClusterNode.of(reported, Map.of(), Liveness.ALIVE);
    assertThat(node.profile()).contains("p");
    assertThat(node.identity()).contains(KernelIdentity.of("p", pieces.digest()));
    assertThat(node.kernel().orElseThrow().types()).isEqualTo(pieces.digest());
  }

  @Test
  void aDeletionWaitsForNodesThatHaveTheProgramOrCannotSay() {
    ClusterNode idle = node("a", "k1");
    assertThat(idle.mayHold(UID, true)).isFalse();
    assertThat(running("a", "k1", 1, null).mayHold(UID, false)).isTrue();

    ClusterNode silent = withLiveness(idle, Liveness.SILENT);
    assertThat(silent.mayHold(UID, true)).isTrue();
    assertThat(silent.mayHold(UID, false)).as("it was never to run there").isFalse();
    assertThat(withLiveness(idle, Liveness.UNHEARD).mayHold(UID, true)).isFalse();

    ClusterNode unusable = unusable(idle, Optional.empty(), NodeReason.KERNEL_UNUSABLE);
    assertThat(unusable.mayHold(UID, true)).isTrue();
  }
}

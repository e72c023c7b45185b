package dev.whistler.agent.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.whistler.agent.node.Machine;
import dev.whistler.agent.node.Obstacle;
import dev.whistler.agent.work.Revisions;
import dev.whistler.agent.work.Work;
import dev.whistler.agent.work.WorkState;
import dev.whistler.crds.KernelIdentity;
import dev.whistler.crds.NodeReason;
import dev.whistler.crds.ResourceCondition;
import dev.whistler.crds.WhistlerNodeStatus;
import dev.whistler.crds.WhistlerNodeStatus.State;
import dev.whistler.crds.WhistlerNodeStatus.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A status says what is, and equals the one before when nothing has changed. */
final class NodeStatusModelTest {

  private static final Machine MACHINE = new Machine("6.18.0", "x86-64", "boot");
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  private static WhistlerNodeStatus status(
      WorkState state,
      Optional<Obstacle> obstacle,
      @Nullable WhistlerNodeStatus before,
      Instant at) {
    List<Work> works = List.of(new Work(Revisions.assignment("forks", 3), state, Optional.empty()));
    return status(works, obstacle, Optional.empty(), before, at);
  }

  private static WhistlerNodeStatus status(
      List<Work> works,
      Optional<Obstacle> obstacle,
      Optional<String> denial,
      @Nullable WhistlerNodeStatus before,
      Instant at) {
    return NodeStatusModel.status(
        MACHINE,
        "0.1",
        Optional.of(WhistlerNodeStatus.Kernel.of("p".repeat(40), null)),
        obstacle,
        denial,
        List.of(),
        works,
        before,
        at);
  }

  @Test
  void nothingNewIsEqualWheneverItIsAsked() {
    WhistlerNodeStatus first = status(new WorkState.Running(), Optional.empty(), null, NOON);
    WhistlerNodeStatus later =
        status(new WorkState.Running(), Optional.empty(), first, NOON.plusSeconds(60));
    assertThat(later).isEqualTo(first);
  }

  @Test
  void aConditionThatTurnsHasANewTime() {
    WhistlerNodeStatus first = status(new WorkState.Running(), Optional.empty(), null, NOON);
    WhistlerNodeStatus later =
        status(
            new WorkState.Running(),
            Optional.of(new Obstacle("InUse", "No tracefs.")),
            first,
            NOON.plusSeconds(60));
    ResourceCondition ready = later.conditions().getFirst();
    assertThat(ready.status()).isEqualTo(ResourceCondition.Status.FALSE);
    assertThat(ready.reason()).isEqualTo("InUse");
    assertThat(ready.message()).isEqualTo("No tracefs.");
    assertThat(ready.lastTransitionTime()).isEqualTo("2026-11-22T12:01:00Z");
  }

  @Test
  void whatIsStillInTheKernelIsToldAlthoughNothingIsWantedOfIt() {
    Target target =
        Objects.requireNonNull(
            status(
                    new WorkState.Unloading("InUse", "Process 7 runs it."),
                    Optional.empty(),
                    null,
                    NOON)
                .programs()
                .getFirst()
                .target());
    assertThat(target.state()).isEqualTo(State.UNLOADING);
    assertThat(target.reason()).isEqualTo("InUse");
  }

  @Test
  void whatRunsIsNeverPushedOutByWhatWaits() {
    Work runs =
        new Work(
            Revisions.assignment("zeta", 1),
            new WorkState.Running(),
            Optional.of(new Work.Current(Revisions.assignment("zeta", 1), NOON, Optional.empty())));
    Work goes =
        new Work(
            Revisions.assignment("yota", 1), new WorkState.Unloading("", ""), Optional.empty());
    List<Work> works = new ArrayList<>();
    for (int i = 0; i < WhistlerNodeStatus.MAX_PROGRAMS; i++) {
      works.add(
          new Work(
              Revisions.assignment("a-%03d".formatted(i), 1),
              new WorkState.Failed(NodeReason.NODE_FULL, "No room."),
              Optional.empty()));
    }
    works.add(goes);
    works.add(runs);
    List<String> names =
        status(works, Optional.empty(), Optional.empty(), null, NOON).programs().stream()
            .map(WhistlerNodeStatus.NodeProgram::name)
            .toList();
    assertThat(names)
        .hasSize(WhistlerNodeStatus.MAX_PROGRAMS)
        .isSorted()
        .contains("a-000", "a-253", "yota", "zeta");
  }

  @Test
  void aDeniedProfileIsSaidWhileItHolds() {
    assertThat(denied(Optional.of("x".repeat(1000)), null, NOON).conditions())
        .extracting(ResourceCondition::type, ResourceCondition::reason)
        .containsExactly(
            tuple("Ready", "AgentReady"), tuple("ProfileAccepted", NodeReason.PROFILE_DENIED));
    WhistlerNodeStatus first = denied(Optional.of("no"), null, NOON);
    assertThat(denied(Optional.of("no"), first, NOON.plusSeconds(60))).isEqualTo(first);
    assertThat(denied(Optional.empty(), first, NOON.plusSeconds(60)).conditions()).hasSize(1);
  }

  private static WhistlerNodeStatus denied(
      Optional<String> denial, @Nullable WhistlerNodeStatus before, Instant at) {
    return status(List.of(), Optional.empty(), denial, before, at);
  }

  @Test
  void messagesAreCutToWhatAnObjectHolds() {
    Target target =
        Objects.requireNonNull(
            status(
                    new WorkState.Failed("VerifierRejected", "x".repeat(1000)),
                    Optional.empty(),
                    null,
                    NOON)
                .programs()
                .getFirst()
                .target());
    assertThat(target.state()).isEqualTo(State.FAILED);
    assertThat(target.reason()).isEqualTo("VerifierRejected");
    assertThat(target.message()).hasSize(256).endsWith("…");
  }

  @Test
  void whatIsTriedIsToldBesideWhatRuns() {
    Work work =
        new Work(
            Revisions.assignment("forks", 1),
            new WorkState.Running(),
            Optional.of(new Work.Current(Revisions.assignment("forks", 1), NOON, Optional.empty())),
            Optional.of(
                new Work.Trial(Revisions.assignment("forks", 2), new WorkState.Verified())));

    WhistlerNodeStatus.NodeProgram said =
        status(List.of(work), Optional.empty(), Optional.empty(), null, NOON).programs().getFirst();
    assertThat(said.target()).isEqualTo(new Target(2, "artifact-2", State.VERIFIED, null, null));
    assertThat(Objects.requireNonNull(said.running()).revision()).isOne();
  }

  @Test
  void theKernelIsStatedWithItsIdentity() {
    assertThat(status(new WorkState.Running(), Optional.empty(), null, NOON))
        .satisfies(
            status -> {
              assertThat(status.profile()).isNull();
              assertThat(Objects.requireNonNull(status.kernel()).identity())
                  .isEqualTo(KernelIdentity.of("p".repeat(40), null));
            });
  }
}

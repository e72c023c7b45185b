package dev.whistler.operator.status;

import static dev.whistler.operator.Examples.FORKS;
import static dev.whistler.operator.Examples.built;
import static dev.whistler.operator.Examples.content;
import static dev.whistler.operator.Examples.diagnostic;
import static dev.whistler.operator.Examples.failed;
import static dev.whistler.operator.Examples.node;
import static dev.whistler.operator.Examples.release;
import static dev.whistler.operator.Examples.revision;
import static dev.whistler.operator.Examples.running;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.diagnostic.Diagnostic;
import dev.whistler.crds.NodeReason;
import dev.whistler.crds.ResourceCondition;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.crds.WhistlerProgramStatus.Build;
import dev.whistler.crds.WhistlerProgramStatus.NodeCounts;
import dev.whistler.crds.WhistlerProgramStatus.Severity;
import dev.whistler.crds.WhistlerProgramStatus.SourceDiagnostic;
import dev.whistler.crds.WhistlerRevision;
import dev.whistler.crds.WhistlerRevisionStatus.Phase;
import dev.whistler.operator.build.BuildOutcome;
import dev.whistler.operator.model.ClusterNode;
import dev.whistler.operator.model.Refusal;
import dev.whistler.operator.model.SelectedKernel;
import dev.whistler.operator.rollout.RolloutPlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The table of conditions, row by row. */
final class ProgramStatusTest {
  private static final Instant T1 = Instant.parse("2026-01-01T00:00:01Z");
  private static final Instant T2 = Instant.parse("2026-01-01T00:00:02Z");

  private static final BuildOutcome.Rejected NO_FIELD =
      new BuildOutcome.Rejected(
          "MissingTracepointField",
          List.of(diagnostic(Code.E_TPFIELD, 3, 20, "sched/f has no field \"x\"")));

  @Test
  void aProgramThatRunsEverywhereIsReady() {
    WhistlerProgramStatus status =
        status(List.of(running("a", "k1", 1, null)), Map.of("k1", built(20)), List.of());

    assertThat(summary(status))
        .containsExactly(
            "Compiled=True Compiled",
            "Verified=True Accepted",
            "Attached=True Attached",
            "Delivering=True Delivering",
            "Progressing=False Complete",
            "Degraded=False AsExpected",
            "Ready=True Ready");
    assertThat(status.nodes()).isEqualTo(new NodeCounts(1, 1, 0, 0, 1, "1/1"));
    assertThat(status.currentRevision()).isEqualTo(1);
    assertThat(status.lastGoodRevision()).isEqualTo(1);
    assertThat(status.builds())
        .containsExactly(new Build("artifact-k1", 20, 1, List.of(release("k1")), null));
  }

  @Test
  void aNodeThatHasNotReportedIsProgress() {
    WhistlerProgramStatus status =
        status(
            List.of(running("a", "k1", 1, null), node("b", "k1")),
            Map.of("k1", built(20)),
            List.of());

    assertThat(summary(status))
        .contains(
            "Attached=False Pending",
            "Progressing=True RollingOut",
            "Degraded=False AsExpected",
            "Ready=False Pending");
    assertThat(status.nodes()).isEqualTo(new NodeCounts(2, 1, 0, 1, 1, "1/2"));
  }

  @Test
  void mistakesInTheSourceAreListedAndTheOldRevisionGoesOn() {
    List<WhistlerRevision> old =
        List.of(revision(4, "old", Phase.ACTIVE, Map.of("k1", "artifact-old")));
    BuildOutcome broken =
        new BuildOutcome.Rejected(
            "NameError",
            List.of(
                diagnostic(Code.E_UNBOUND, 2, 5, "unknown variable a"),
                diagnostic(Code.E_UNKNOWN, 3, 1, "unknown operator b"),
                diagnostic(Code.E_TYPE, 9, 7, "wrong type")));

    WhistlerProgramStatus status =
        status(List.of(running("a", "k1", 4, null)), Map.of("k1", broken), old);

    assertThat(summary(status))
        .containsExactly(
            "Compiled=False NameError",
            "Verified=True Accepted",
            "Attached=True Attached",
            "Delivering=True Delivering",
            "Progressing=False Complete",
            "Degraded=True NameError",
            "Ready=False NameError");
    assertThat(status.diagnostics())
        .extracting(d -> d.line() + ":" + d.column() + " " + d.code())
        .containsExactly("2:5 E-UNBOUND", "3:1 E-UNKNOWN", "9:7 E-TYPE");
    assertThat(status.nodes()).isEqualTo(new NodeCounts(1, 1, 0, 0, 1, "1/1"));
    assertThat(status.currentRevision()).isEqualTo(4);
  }

  @Test
  void aKernelWithoutAFieldFailsAlone() {
    WhistlerProgramStatus status =
        status(
            List.of(running("a", "k1", 1, null), node("b", "k2")),
            Map.of("k1", built(20), "k2", NO_FIELD),
            List.of());

    assertThat(summary(status))
        .contains(
            "Compiled=False MissingTracepointField",
            "Verified=True Accepted",
            "Attached=False MissingTracepointField",
            "Delivering=True Delivering",
            "Progressing=False Complete",
            "Degraded=True MissingTracepointField",
            "Ready=False MissingTracepointField");
    assertThat(condition(status, "Compiled").message()).contains(release("k2"));
    assertThat(status.nodes()).isEqualTo(new NodeCounts(2, 1, 1, 0, 2, "1/2"));
    assertThat(status.diagnostics())
        .containsExactly(
            new SourceDiagnostic(
                "E-TPFIELD",
                Severity.ERROR,
                3,
                20,
                "sched/f has no field \"x\"",
                null,
                List.of(release("k2"))));
    assertThat(status.failures()).extracting(failure -> failure.node()).containsExactly("b");
  }

  @Test
  void whatHoldsOnEveryKernelNamesNone() {
    WhistlerProgramStatus status =
        status(
            List.of(node("a", "k1"), node("b", "k2")),
            Map.of("k1", NO_FIELD, "k2", NO_FIELD),
            List.of());

    assertThat(status.diagnostics()).singleElement().matches(d -> d.kernels().isEmpty());
    assertThat(summary(status)).contains("Attached=Unknown NoRevision");
  }

  @Test
  void aVerifierThatRefusesIsSaidToHaveDoneSo() {
    WhistlerProgramStatus status =
        status(
            List.of(
                failed("a", "k1", 1, NodeReason.VERIFIER_REJECTED), running("b", "k1", 1, null)),
            Map.of("k1", built(20)),
            List.of());

    assertThat(summary(status))
        .contains(
            "Verified=False VerifierRejected",
            "Attached=False VerifierRejected",
            "Degraded=True VerifierRejected",
            "Ready=False VerifierRejected");
    assertThat(condition(status, "Attached").message())
        .isEqualTo("Node a: VerifierRejected happened.");
  }

  @Test
  void aSinkThatDoesNotAcceptLeavesTheProgramAttached() {
    WhistlerProgramStatus status =
        status(
            List.of(running("a", "k1", 1, NodeReason.SINK_UNAVAILABLE)),
            Map.of("k1", built(20)),
            List.of());

    assertThat(summary(status))
        .contains(
            "Attached=True Attached",
            "Delivering=False SinkUnavailable",
            "Ready=False SinkUnavailable");
  }

  @Test
  void withoutNodesNothingIsKnown() {
    assertThat(summary(status(List.of(), Map.of(), List.of())))
        .contains("Compiled=Unknown NoNodes", "Ready=False NoNodes");
  }

  @Test
  void aProfileThatIsNotThereYetIsAwaited() {
    assertThat(
            summary(
                status(
                    List.of(node("a", "k1")),
                    Map.of("k1", new BuildOutcome.Awaiting()),
                    List.of())))
        .contains("Compiled=Unknown AwaitingProfiles", "Ready=False AwaitingProfiles");
  }

  @Test
  void anUnsupportedFieldIsRefusedWhileTheOldRevisionGoesOn() {
    List<WhistlerRevision> old =
        List.of(revision(4, "old", Phase.ACTIVE, Map.of("k1", "artifact-old")));
    List<ClusterNode> nodes = List.of(running("a", "k1", 4, null));
    WhistlerProgramStatus status =
        ProgramStatus.of(
            new Observation(
                FORKS,
                Optional.of(new Refusal("UnsupportedTtl", "spec.ttl does not work.")),
                nodes,
                SelectedKernel.of(nodes),
                Map.of(),
                RolloutPlan.unchanged(old),
                Map.of("k1", "artifact-old"),
                null),
            T1);

    assertThat(summary(status))
        .contains(
            "Compiled=False UnsupportedTtl",
            "Attached=True Attached",
            "Ready=False UnsupportedTtl");
  }

  @Test
  void timesChangeOnlyWithTheStatus() {
    List<ClusterNode> running = List.of(running("a", "k1", 1, null));
    WhistlerProgramStatus first = status(running, Map.of("k1", built(20)), List.of());

    WhistlerProgramStatus same =
        ProgramStatus.of(observation(running, Map.of("k1", built(20)), List.of(), first), T2);
    assertThat(same).isEqualTo(first);

    WhistlerProgramStatus changed =
        ProgramStatus.of(
            observation(
                List.of(failed("a", "k1", 1, NodeReason.ATTACH_FAILED)),
                Map.of("k1", built(20)),
                List.of(),
                first),
            T2);
    assertThat(condition(changed, "Attached").lastTransitionTime()).isEqualTo(T2.toString());
    assertThat(condition(changed, "Compiled").lastTransitionTime()).isEqualTo(T1.toString());
    assertThat(changed.lastGoodRevision()).as("stays").isEqualTo(1);
  }

  @Test
  void aTransitionIsToldOnceWithItsReason() {
    WhistlerProgramStatus waiting =
        status(List.of(node("a", "k1")), Map.of("k1", built(20)), List.of());
    WhistlerProgramStatus failed =
        status(
            List.of(failed("a", "k1", 1, NodeReason.ATTACH_FAILED)),
            Map.of("k1", built(20)),
            List.of());

    assertThat(Transition.between(null, waiting))
        .extracting(Transition::reason)
        .containsExactly("Compiled", "Pending", "RollingOut");
    assertThat(Transition.between(waiting, failed))
        .extracting(transition -> transition.reason() + " " + transition.warning())
        .containsExactly("AttachFailed true", "Complete false");
    assertThat(Transition.between(failed, failed)).isEmpty();
  }

  @Test
  void hostileTextsAreClipped() {
    String endless = "x".repeat(100_000);
    BuildOutcome broken =
        new BuildOutcome.Rejected("SyntaxError", List.of(diagnostic(Code.E_READ, 1, 1, endless)));
    WhistlerProgramStatus status =
        status(List.of(node("a", "k1")), Map.of("k1", broken), List.of());

    assertThat(status.diagnostics().getFirst().message()).hasSize(Texts.MESSAGE);
    assertThat(condition(status, "Compiled").message().length())
        .isLessThanOrEqualTo(Texts.CONDITION);
  }

  @Test
  void tenThousandDiagnosticsBecomeFifty() {
    List<Diagnostic> many = new ArrayList<>();
    for (int line = 1; line <= 10_000; line++) {
      many.add(diagnostic(Code.E_READ, line, 1, "m"));
    }
    WhistlerProgramStatus status =
        status(
            List.of(node("a", "k1")),
            Map.of("k1", new BuildOutcome.Rejected("SyntaxError", many)),
            List.of());

    assertThat(status.diagnostics()).hasSize(WhistlerProgramStatus.MAX_DIAGNOSTICS);
  }

  private static WhistlerProgramStatus status(
      List<ClusterNode> nodes, Map<String, BuildOutcome> builds, List<WhistlerRevision> stored) {
    return ProgramStatus.of(observation(nodes, builds, stored, null), T1);
  }

  private static Observation observation(
      List<ClusterNode> nodes,
      Map<String, BuildOutcome> builds,
      List<WhistlerRevision> stored,
      @Nullable WhistlerProgramStatus previous) {
    List<SelectedKernel> kernels = SelectedKernel.of(nodes);
    Map<String, String> artifacts = new HashMap<>();
    builds.forEach(
        (profile, outcome) -> {
          if (outcome instanceof BuildOutcome.Built) {
            artifacts.put(profile, "artifact-" + profile);
          }
        });
    RolloutPlan plan =
        RolloutPlan.of(
            content("new"),
            stored,
            kernels.stream().map(SelectedKernel::profile).collect(Collectors.toSet()),
            artifacts);
    return new Observation(
        FORKS, Optional.empty(), nodes, kernels, builds, plan, plan.targetArtifacts(), previous);
  }

  private static List<String> summary(WhistlerProgramStatus status) {
    return status.conditions().stream()
        .map(
            condition ->
                condition.type()
                    + "="
                    + switch (condition.status()) {
                      case TRUE -> "True";
                      case FALSE -> "False";
                      case UNKNOWN -> "Unknown";
                    }
                    + " "
                    + condition.reason())
        .toList();
  }

  private static ResourceCondition condition(WhistlerProgramStatus status, String type) {
    return status.conditions().stream()
        .filter(condition -> condition.type().equals(type))
        .findFirst()
        .orElseThrow();
  }
}

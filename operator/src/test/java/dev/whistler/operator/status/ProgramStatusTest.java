package dev.whistler.operator.status;

import static dev.whistler.operator.Examples.FORKS;
import static dev.whistler.operator.Examples.artifact;
import static dev.whistler.operator.Examples.built;
import static dev.whistler.operator.Examples.content;
import static dev.whistler.operator.Examples.diagnostic;
import static dev.whistler.operator.Examples.failed;
import static dev.whistler.operator.Examples.node;
import static dev.whistler.operator.Examples.release;
import static dev.whistler.operator.Examples.revision;
import static dev.whistler.operator.Examples.running;
import static dev.whistler.operator.Examples.unusable;
import static dev.whistler.operator.Examples.updating;
import static dev.whistler.operator.Examples.withLiveness;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.diagnostic.Diagnostic;
import dev.whistler.crds.NodeReason;
import dev.whistler.crds.ResourceCondition;
import dev.whistler.crds.StoredRevision;
import dev.whistler.crds.WhistlerNodeStatus;
import dev.whistler.crds.WhistlerNodeStatus.NodeProgram;
import dev.whistler.crds.WhistlerNodeStatus.Running;
import dev.whistler.crds.WhistlerNodeStatus.State;
import dev.whistler.crds.WhistlerNodeStatus.Target;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.crds.WhistlerProgramStatus.Build;
import dev.whistler.crds.WhistlerProgramStatus.NodeCounts;
import dev.whistler.crds.WhistlerProgramStatus.NodeFailure;
import dev.whistler.crds.WhistlerProgramStatus.Severity;
import dev.whistler.crds.WhistlerProgramStatus.SourceDiagnostic;
import dev.whistler.crds.WhistlerRevisionStatus.Phase;
import dev.whistler.operator.build.BuildOutcome;
import dev.whistler.operator.model.ClusterNode;
import dev.whistler.operator.model.Liveness;
import dev.whistler.operator.model.Refusal;
import dev.whistler.operator.model.SelectedKernel;
import dev.whistler.operator.model.StoredArtifact;
import dev.whistler.operator.rollout.Bindings;
import dev.whistler.operator.rollout.RolloutPlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  /** It comes by itself, so what somebody must mend on another kernel is told before it. */
  @Test
  void aKernelWithoutAModuleWaitsForIt() {
    BuildOutcome waits =
        new BuildOutcome.Rejected(
            "WaitingForModule",
            List.of(diagnostic(Code.E_TP, 1, 16, "the kernel has no tracepoint kvm/kvm_exit")));
    List<ClusterNode> nodes = List.of(running("a", "k1", 1, null), node("b", "k2"));
    WhistlerProgramStatus status = status(nodes, Map.of("k1", built(20), "k2", waits), List.of());

    assertThat(summary(status))
        .contains(
            "Compiled=False WaitingForModule",
            "Attached=False WaitingForModule",
            "Delivering=True Delivering",
            "Degraded=True WaitingForModule",
            "Ready=False WaitingForModule");
    assertThat(condition(status, "Compiled").message())
        .isEqualTo(
            "Line 1, column 16, E-TP: the kernel has no tracepoint kvm/kvm_exit. It has no event of"
                + " that category at all; if a kernel module brings it, the program is built once"
                + " that is loaded. It is so on "
                + release("k2")
                + ".");
    assertThat(summary(status(nodes, Map.of("k1", waits, "k2", NO_FIELD), List.of())))
        .contains("Compiled=False MissingTracepointField");
  }

  @Test
  void mistakesInTheSourceAreListedAndTheOldRevisionGoesOn() {
    List<StoredRevision> old =
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
  void whatIsStillBeingCompiledIsSaidAndIsNoFailure() {
    WhistlerProgramStatus status =
        status(
            List.of(node("a", "k1"), node("b", "k2")),
            Map.of("k1", built(20), "k2", new BuildOutcome.Queued()),
            List.of());

    assertThat(summary(status))
        .contains("Compiled=Unknown Compiling", "Degraded=False AsExpected", "Ready=False Pending");
    assertThat(condition(status, "Compiled").message())
        .isEqualTo("It is being compiled for 1 kernel.");
    assertThat(status.builds())
        .extracting(WhistlerProgramStatus.Build::message)
        .contains("It is being compiled.");
  }

  @Test
  void anUnsupportedFieldIsRefusedWhileTheOldRevisionGoesOn() {
    List<StoredRevision> old =
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
                Map.of(),
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

  @Test
  void aSilentAgentIsUnknownAndNotReady() {
    ClusterNode silent = withLiveness(running("b", "k1", 1, null), Liveness.SILENT);
    WhistlerProgramStatus status =
        status(List.of(running("a", "k1", 1, null), silent), Map.of("k1", built(20)), List.of());

    assertThat(summary(status))
        .containsExactly(
            "Compiled=True Compiled",
            "Verified=True Accepted",
            "Attached=Unknown AgentSilent",
            "Delivering=Unknown AgentSilent",
            "Progressing=False Complete",
            "Degraded=Unknown AgentSilent",
            "Ready=Unknown AgentSilent");
    assertThat(status.nodes()).isEqualTo(new NodeCounts(2, 1, 0, 1, 1, "1/2"));
    assertThat(status.failures()).extracting(NodeFailure::node).containsExactly("b");
    assertThat(condition(status, "Ready").message()).startsWith("Node b: The agent is silent");
  }

  @Test
  void whatIsCertainlyWrongComesBeforeSilence() {
    ClusterNode silent = withLiveness(running("a", "k1", 1, null), Liveness.SILENT);

    assertThat(
            summary(
                status(
                    List.of(silent, failed("b", "k1", 1, NodeReason.ATTACH_FAILED)),
                    Map.of("k1", built(20)),
                    List.of())))
        .contains("Attached=False AttachFailed", "Ready=False AttachFailed");
    assertThat(
            summary(status(List.of(silent, node("b", "k1")), Map.of("k1", built(20)), List.of())))
        .as("one node certainly does not run it")
        .contains("Attached=False AgentSilent", "Ready=False AgentSilent");
  }

  @Test
  void silenceOutlivesARestartOfTheOperatorUntilTheAgentSpeaks() {
    ClusterNode told = running("a", "k1", 1, null);
    Map<String, BuildOutcome> builds = Map.of("k1", built(20));
    WhistlerProgramStatus silent =
        status(List.of(withLiveness(told, Liveness.SILENT)), builds, List.of());

    List<ClusterNode> unheard = List.of(withLiveness(told, Liveness.UNHEARD));
    assertThat(ProgramStatus.of(observation(unheard, builds, List.of(), silent), T2))
        .isEqualTo(silent);
    assertThat(summary(status(unheard, builds, List.of())))
        .as("of a healthy agent nothing else is said meanwhile")
        .contains("Ready=True Ready");
    assertThat(summary(ProgramStatus.of(observation(List.of(told), builds, List.of(), silent), T2)))
        .contains("Ready=True Ready");
  }

  /** The agent decides how long loss is told; the operator forgets nothing at its restart. */
  @Test
  void lossOutlivesARestartOfTheOperator() {
    ClusterNode told = running("a", "k1", 1, NodeReason.RECORDS_LOST);
    Map<String, BuildOutcome> builds = Map.of("k1", built(20));
    WhistlerProgramStatus lost = status(List.of(told), builds, List.of());
    List<ClusterNode> unheard = List.of(withLiveness(told, Liveness.UNHEARD));

    assertThat(summary(lost)).contains("Delivering=False RecordsLost");
    assertThat(ProgramStatus.of(observation(unheard, builds, List.of(), lost), T2)).isEqualTo(lost);
  }

  @Test
  void silenceIsAWarning() {
    Map<String, BuildOutcome> builds = Map.of("k1", built(20));
    ClusterNode told = running("a", "k1", 1, null);

    assertThat(
            Transition.between(
                status(List.of(told), builds, List.of()),
                status(List.of(withLiveness(told, Liveness.SILENT)), builds, List.of())))
        .extracting(transition -> transition.reason() + " " + transition.warning())
        .containsExactly("AgentSilent true");
  }

  @ParameterizedTest
  @CsvSource({
    "RecordsLost, Delivering",
    "RecordsUndecodable, Delivering",
    "SinkUnavailable, Delivering",
    "AttachFailed, Attached",
    "Unsupported, Attached",
    "OfANewerAgent, Attached"
  })
  void whateverIsWrongWithWhatRunsIsTroubleOfItsCondition(String reason, String type) {
    WhistlerProgramStatus status =
        status(List.of(running("a", "k1", 1, reason)), Map.of("k1", built(20)), List.of());

    assertThat(summary(status))
        .contains(type + "=False " + reason, "Ready=False " + reason, "Verified=True Accepted");
    assertThat(condition(status, type).message()).isEqualTo("Node a: " + reason + " happened.");
    assertThat(status.nodes().ready()).isOne();
  }

  @Test
  void anUnusableNodeSaysWhyBeforeAnythingIsKnownOfItsKernel() {
    WhistlerProgramStatus status =
        status(
            List.of(unusable(node("a", "k1"), Optional.empty(), NodeReason.KERNEL_UNUSABLE)),
            Map.of(),
            List.of());

    assertThat(summary(status))
        .contains(
            "Compiled=Unknown KernelUnusable",
            "Attached=False KernelUnusable",
            "Degraded=True KernelUnusable",
            "Ready=False KernelUnusable");
    assertThat(condition(status, "Ready").message()).isEqualTo("Node a: KernelUnusable happened.");
  }

  @Test
  void aNodeWhoseProfileIsDeniedSaysSo() {
    assertThat(
            summary(
                status(
                    List.of(
                        unusable(node("a", "k1"), Optional.of("k1"), NodeReason.PROFILE_DENIED)),
                    Map.of("k1", new BuildOutcome.Awaiting()),
                    List.of())))
        .contains("Compiled=Unknown ProfileDenied", "Ready=False ProfileDenied");
  }

  @Test
  void anUnusableNodeBesideAGoodOneFailsAlone() {
    WhistlerProgramStatus status =
        status(
            List.of(
                running("a", "k1", 1, null),
                unusable(node("b", "k1"), Optional.of("k1"), NodeReason.KERNEL_UNUSABLE)),
            Map.of("k1", built(20)),
            List.of());

    assertThat(summary(status)).contains("Compiled=True Compiled", "Attached=False KernelUnusable");
    assertThat(status.nodes()).isEqualTo(new NodeCounts(2, 1, 1, 0, 1, "1/2"));
  }

  @Test
  void whatKeepsANodeWaitingIsSaid() {
    ClusterNode waiting =
        node(
            "a",
            "k1",
            null,
            new Target(
                1,
                "artifact-k1",
                State.PENDING,
                NodeReason.ARTIFACT_UNAVAILABLE,
                "Artifact artifact-k1 is not there."));
    WhistlerProgramStatus status = status(List.of(waiting), Map.of("k1", built(20)), List.of());

    assertThat(summary(status))
        .contains(
            "Attached=False ArtifactUnavailable",
            "Progressing=True RollingOut",
            "Degraded=True ArtifactUnavailable",
            "Ready=False ArtifactUnavailable");
    assertThat(status.nodes()).isEqualTo(new NodeCounts(1, 0, 0, 1, 1, "0/1"));
  }

  @Test
  void whileAnUpdateIsRefusedTheOldRevisionIsWhatRuns() {
    List<StoredRevision> old =
        List.of(revision(1, "old", Phase.ACTIVE, Map.of("k1", "artifact-old")));
    WhistlerProgramStatus status =
        status(
            List.of(updating("a", "k1", 1, 2, State.FAILED, NodeReason.ATTACH_FAILED)),
            Map.of("k1", built(20)),
            old);

    assertThat(summary(status))
        .contains(
            "Attached=False AttachFailed",
            "Delivering=True Delivering",
            "Ready=False AttachFailed");
    assertThat(status.currentRevision()).isEqualTo(1);
    assertThat(status.targetRevision()).isEqualTo(2);
    assertThat(condition(status, "Attached").message())
        .isEqualTo("Node a: AttachFailed happened. Revision 1 runs on.");
    assertThat(status.nodes()).isEqualTo(new NodeCounts(1, 0, 1, 0, 1, "0/1"));
  }

  @Test
  void lossOfTheOldRevisionIsSaidWhileTheNewOneIsRefused() {
    ClusterNode node =
        node(
            "a",
            "k1",
            new Running(1, "artifact", null, NodeReason.RECORDS_LOST, "Lost."),
            new Target(2, "artifact-k1", State.FAILED, NodeReason.VERIFIER_REJECTED, "No."));
    assertThat(
            summary(
                status(
                    List.of(node),
                    Map.of("k1", built(20)),
                    List.of(revision(1, "old", Phase.ACTIVE, Map.of("k1", "artifact-old"))))))
        .contains(
            "Verified=False VerifierRejected",
            "Attached=False VerifierRejected",
            "Delivering=False RecordsLost");
  }

  @Test
  void aNodeThatReportsAsManyProgramsAsItMayIsFull() {
    List<NodeProgram> others = new ArrayList<>();
    for (int i = 0; i < WhistlerNodeStatus.MAX_PROGRAMS; i++) {
      others.add(new NodeProgram("p" + i, "u" + i, new Running(1, "a", null, null, null), null));
    }
    Map<String, BuildOutcome> builds = Map.of("k1", built(20));

    assertThat(summary(status(List.of(node("a", "k1").withPrograms(others)), builds, List.of())))
        .contains("Attached=False NodeFull", "Ready=False NodeFull");
    assertThat(
            summary(
                status(
                    List.of(node("a", "k1").withPrograms(others.subList(1, others.size()))),
                    builds,
                    List.of())))
        .contains("Attached=False Pending");
  }

  @Test
  void releasesAreNamedOnceHoweverManyProfilesHaveThem() {
    List<ClusterNode> nodes = new ArrayList<>();
    Map<String, BuildOutcome> builds = new HashMap<>();
    for (int i = 0; i < 40; i++) {
      ClusterNode node = node("n" + i, "k" + i);
      nodes.add(
          new ClusterNode(
              node.name(),
              node.labels(),
              node.kernel(),
              "6.1.0",
              Map.of(),
              node.obstacle(),
              node.liveness()));
      builds.put("k" + i, i == 0 ? built(20) : NO_FIELD);
    }

    assertThat(condition(status(nodes, builds, List.of()), "Compiled").message())
        .as("39 of 40 kernels, all of one release")
        .endsWith(" It is so on 6.1.0.");
    builds.put("k0", NO_FIELD);
    assertThat(condition(status(nodes, builds, List.of()), "Compiled").message())
        .doesNotContain("6.1.0");
  }

  @Test
  void instructionsAreThoseOfTheArtifactThatRuns() {
    List<ClusterNode> nodes = List.of(running("a", "k1", 1, null));
    Map<String, BuildOutcome> builds = Map.of("k1", built(20));
    Observation given = observation(nodes, builds, List.of(), null);
    Observation withStored =
        new Observation(
            given.program(),
            given.refusal(),
            given.nodes(),
            given.kernels(),
            given.builds(),
            given.plan(),
            given.artifacts(),
            Map.of("artifact-k1", artifact("artifact-k1", "new", "k1")),
            null);

    assertThat(ProgramStatus.of(withStored, T1).builds())
        .extracting(Build::instructions)
        .containsExactly(7);
  }

  @Test
  void aKernelHasAcceptedWhatANodeOfItHasVerified() {
    Map<String, BuildOutcome> builds = Map.of("k1", built(20));
    assertThat(summary(status(List.of(verifying(State.VERIFYING)), builds, List.of())))
        .contains("Verified=Unknown Pending");
    assertThat(summary(status(List.of(verifying(State.VERIFIED)), builds, List.of())))
        .contains("Verified=True Accepted", "Attached=False Pending");
    assertThat(
            summary(
                status(List.of(failed("a", "k1", 1, NodeReason.AGENT_TOO_OLD)), builds, List.of())))
        .contains("Attached=False AgentTooOld", "Ready=False AgentTooOld");
  }

  private static ClusterNode verifying(State state) {
    return node("a", "k1", null, new Target(1, "artifact", state, null, null));
  }

  @Test
  void oneNodeAndSeveralAreSaidInGoodEnglish() {
    Map<String, BuildOutcome> builds = Map.of("k1", built(20));
    assertThat(condition(status(List.of(node("a", "k1")), builds, List.of()), "Attached").message())
        .isEqualTo("1 node does not run revision 1 yet.");
    assertThat(
            condition(
                    status(List.of(node("a", "k1"), node("b", "k1")), builds, List.of()),
                    "Attached")
                .message())
        .isEqualTo("2 nodes do not run revision 1 yet.");
  }

  private static WhistlerProgramStatus status(
      List<ClusterNode> nodes, Map<String, BuildOutcome> builds, List<StoredRevision> stored) {
    return ProgramStatus.of(observation(nodes, builds, stored, null), T1);
  }

  private static Observation observation(
      List<ClusterNode> nodes,
      Map<String, BuildOutcome> builds,
      List<StoredRevision> stored,
      @Nullable WhistlerProgramStatus previous) {
    List<SelectedKernel> kernels = SelectedKernel.of(nodes);
    Map<String, StoredArtifact> artifacts = new HashMap<>();
    builds.forEach(
        (profile, outcome) -> {
          if (outcome instanceof BuildOutcome.Built) {
            artifacts.put(profile, artifact("artifact-" + profile, "new", profile));
          }
        });
    RolloutPlan plan =
        RolloutPlan.of(
            content("new"),
            stored,
            nodes,
            new Bindings(artifacts, Set.of(), Map.of(), profile -> false));
    return new Observation(
        FORKS,
        Optional.empty(),
        nodes,
        kernels,
        builds,
        plan,
        plan.targetArtifacts(),
        Map.of(),
        previous);
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

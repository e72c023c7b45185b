package dev.whistler.operator.status;

import static dev.whistler.operator.Examples.FORKS;
import static dev.whistler.operator.Examples.artifact;
import static dev.whistler.operator.Examples.built;
import static dev.whistler.operator.Examples.content;
import static dev.whistler.operator.Examples.diagnostic;
import static dev.whistler.operator.Examples.failed;
import static dev.whistler.operator.Examples.node;
import static dev.whistler.operator.Examples.revision;
import static dev.whistler.operator.Examples.running;
import static dev.whistler.operator.Examples.unusable;
import static dev.whistler.operator.Examples.withLiveness;

import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.crds.NodeReason;
import dev.whistler.crds.NodeReasons;
import dev.whistler.crds.NodeReasons.Subject;
import dev.whistler.crds.StoredRevision;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.crds.WhistlerRevisionStatus;
import dev.whistler.crds.WhistlerRevisionStatus.Phase;
import dev.whistler.operator.build.BuildOutcome;
import dev.whistler.operator.build.CompilerReasons;
import dev.whistler.operator.model.ClusterNode;
import dev.whistler.operator.model.Liveness;
import dev.whistler.operator.model.Reason;
import dev.whistler.operator.model.Refusal;
import dev.whistler.operator.model.SelectedKernel;
import dev.whistler.operator.model.StoredArtifact;
import dev.whistler.operator.rollout.Bindings;
import dev.whistler.operator.rollout.RolloutPlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whatever may happen to a program, so that each row of the table is said at least once. */
final class Situations {
  static final Instant NOW = Instant.parse("2026-01-01T00:00:01Z");

  private static final Map<String, BuildOutcome> BUILT = Map.of("k1", built(20));

  private Situations() {}

  /** The statuses by what happened. */
  static Map<String, WhistlerProgramStatus> all() {
    Map<String, WhistlerProgramStatus> all = new LinkedHashMap<>();
    all.put("all is well", status(List.of(running("a", "k1", 1, null)), BUILT));
    all.put("no node is selected", status(List.of(), Map.of()));
    all.put(
        "no node is selected any more",
        status(List.of(), Map.of(), List.of(revision(1, "new", Phase.ACTIVE, Map.of("k1", "a")))));
    all.put(
        "a profile is missing",
        status(List.of(node("a", "k1")), Map.of("k1", new BuildOutcome.Awaiting())));
    all.put(
        "the compiler is at work",
        status(
            List.of(running("a", "k1", 1, null)),
            Map.of("k1", new BuildOutcome.Queued()),
            List.of(revision(1, "new", Phase.ACTIVE, Map.of("k1", "a")))));
    all.put("an agent has not reported", status(List.of(node("a", "k1")), BUILT));
    all.putAll(ofTheSpec());
    all.putAll(ofAgents());
    all.putAll(ofSilence());
    all.put("too many kernels", tooManyKernels());
    all.put("a defect of ours", ErrorStatus.of(FORKS, null, new IllegalStateException(), NOW));
    return all;
  }

  private static Map<String, WhistlerProgramStatus> ofTheSpec() {
    List<ClusterNode> nodes = List.of(running("a", "k1", 1, null), node("b", "k2"));
    Map<String, WhistlerProgramStatus> all = new LinkedHashMap<>();
    for (String reason : CompilerReasons.all()) {
      all.put("one kernel: " + reason, status(nodes, Map.of("k1", built(20), "k2", no(reason))));
    }
    all.put(
        "one kernel lacks a module",
        status(nodes, Map.of("k1", built(20), "k2", no(Reason.WAITING_FOR_MODULE))));
    for (String reason : List.of(Reason.OBJECT_TOO_LARGE, Reason.MALFORMED_PROFILE)) {
      BuildOutcome impossible = new BuildOutcome.Impossible(reason, reason + " happened");
      all.put("one kernel: " + reason, status(nodes, Map.of("k1", built(20), "k2", impossible)));
    }
    List<String> refusals = new ArrayList<>(Refusal.fields().keySet());
    refusals.add(Reason.SOURCE_UNAVAILABLE);
    refusals.add(Reason.REVISION_TOO_LARGE);
    refusals.add(Reason.INVALID_SELECTOR);
    for (String reason : refusals) {
      all.put("refused: " + reason, refused(new Refusal(reason, reason + " happened.")));
    }
    return all;
  }

  static BuildOutcome.Rejected no(String reason) {
    return new BuildOutcome.Rejected(
        reason, List.of(diagnostic(Code.E_TPFIELD, 3, 20, "there is no field \"x\"")));
  }

  private static Map<String, WhistlerProgramStatus> ofAgents() {
    Map<String, WhistlerProgramStatus> all = new LinkedHashMap<>();
    for (String reason : NodeReasons.of(Subject.PROGRAM)) {
      all.put("does not run: " + reason, status(List.of(failed("a", "k1", 1, reason)), BUILT));
    }
    for (String reason : NodeReasons.of(Subject.RECORDS)) {
      all.put("runs, but: " + reason, status(List.of(running("a", "k1", 1, reason)), BUILT));
    }
    for (String reason : NodeReasons.of(Subject.NODE)) {
      if (!reason.equals(NodeReason.AGENT_READY)) {
        all.put(
            "of the node: " + reason,
            status(List.of(unusable(node("a", "k1"), Optional.empty(), reason)), Map.of()));
      }
    }
    return all;
  }

  private static Map<String, WhistlerProgramStatus> ofSilence() {
    ClusterNode silent = withLiveness(running("a", "k1", 1, null), Liveness.SILENT);
    return Map.of(
        "silent",
        status(List.of(silent), BUILT),
        "silent beside one that waits",
        status(List.of(silent, node("b", "k1")), BUILT),
        "silent and never described",
        status(List.of(silent), Map.of("k1", new BuildOutcome.Awaiting())));
  }

  private static WhistlerProgramStatus refused(Refusal refusal) {
    List<ClusterNode> nodes = List.of(running("a", "k1", 1, null));
    return ProgramStatus.of(
        new Observation(
            FORKS,
            Optional.of(refusal),
            nodes,
            SelectedKernel.of(nodes),
            Map.of(),
            RolloutPlan.unchanged(
                List.of(revision(1, "old", Phase.ACTIVE, Map.of("k1", "artifact-old")))),
            Map.of("k1", "artifact-old"),
            Map.of(),
            null),
        NOW);
  }

  private static WhistlerProgramStatus tooManyKernels() {
    Map<String, String> bound = new HashMap<>();
    for (int i = 0; i < WhistlerRevisionStatus.MAX_KERNELS; i++) {
      bound.put("other" + i, "artifact-" + i);
    }
    List<ClusterNode> nodes = List.of(node("a", "k1"));
    Observation given = observation(nodes, BUILT, List.of(), null);
    return ProgramStatus.of(
        new Observation(
            FORKS,
            Optional.empty(),
            nodes,
            given.kernels(),
            BUILT,
            given.plan(),
            bound,
            Map.of(),
            null),
        NOW);
  }

  private static WhistlerProgramStatus status(
      List<ClusterNode> nodes, Map<String, BuildOutcome> builds) {
    return status(nodes, builds, List.of());
  }

  static WhistlerProgramStatus status(
      List<ClusterNode> nodes, Map<String, BuildOutcome> builds, List<StoredRevision> stored) {
    return ProgramStatus.of(observation(nodes, builds, stored, null), NOW);
  }

  /** What is observed of a program whose newest text is {@code new}, built by kernel. */
  static Observation observation(
      List<ClusterNode> nodes,
      Map<String, BuildOutcome> builds,
      List<StoredRevision> stored,
      @Nullable WhistlerProgramStatus previous) {
    Map<String, StoredArtifact> artifacts = new HashMap<>();
    builds.forEach(
        (kernel, outcome) -> {
          if (outcome instanceof BuildOutcome.Built) {
            artifacts.put(kernel, artifact("artifact-" + kernel, "new", kernel));
          }
        });
    RolloutPlan plan =
        RolloutPlan.of(
            content("new"),
            stored,
            nodes,
            new Bindings(artifacts, Set.of(), Map.of(), kernel -> false));
    return new Observation(
        FORKS,
        Optional.empty(),
        nodes,
        SelectedKernel.of(nodes),
        builds,
        plan,
        plan.targetArtifacts(),
        Map.of(),
        previous);
  }
}

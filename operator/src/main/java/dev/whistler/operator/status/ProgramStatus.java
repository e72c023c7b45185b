package dev.whistler.operator.status;

import dev.whistler.crds.ResourceCondition;
import dev.whistler.crds.ResourceCondition.Status;
import dev.whistler.crds.WhistlerNodeStatus;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.crds.WhistlerProgramStatus.NodeCounts;
import dev.whistler.crds.WhistlerProgramStatus.NodeFailure;
import dev.whistler.crds.WhistlerProgramStatus.Rollout;
import dev.whistler.crds.WhistlerRevisionStatus.Phase;
import dev.whistler.operator.model.ClusterNode;
import dev.whistler.operator.model.ProgramIdentity;
import dev.whistler.operator.model.Trouble;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Computes a program's status from what was observed. */
public final class ProgramStatus {
  private ProgramStatus() {}

  /**
   * The status. It equals the previous one if nothing changed, whatever the time.
   *
   * @param now the time of transitions that are seen now
   */
  public static WhistlerProgramStatus of(Observation observation, Instant now) {
    Map<String, NodeStanding> standings = new TreeMap<>();
    for (ClusterNode node : observation.nodes()) {
      standings.put(node.name(), NodeStanding.of(node, observation));
    }
    @Nullable WhistlerProgramStatus previous = observation.previous();
    List<ResourceCondition> before = previous == null ? List.of() : previous.conditions();
    List<ResourceCondition> conditions = new Conditions(observation, standings).dated(before, now);
    @Nullable Long target = boxed(observation.plan().target());
    return new WhistlerProgramStatus(
        observation.program().generation(),
        boxed(highestRunning(observation)),
        target,
        lastGood(conditions, target, previous),
        conditions,
        DiagnosticReport.of(observation.kernels(), observation.builds()),
        BuildReport.of(observation),
        counts(standings, observation),
        failures(standings),
        target == null ? null : new Rollout(Phase.ACTIVE, null, List.of()));
  }

  private static OptionalLong highestRunning(Observation observation) {
    ProgramIdentity program = observation.program();
    return observation.nodes().stream()
        .flatMap(node -> node.running(program.uid()).stream())
        .mapToLong(WhistlerNodeStatus.Running::revision)
        .max();
  }

  private static @Nullable Long lastGood(
      List<ResourceCondition> conditions,
      @Nullable Long target,
      @Nullable WhistlerProgramStatus previous) {
    boolean attached =
        conditions.stream()
            .anyMatch(
                condition ->
                    condition.type().equals(Conditions.ATTACHED)
                        && condition.status() == Status.TRUE);
    if (attached) {
      return target;
    }
    return previous == null ? null : previous.lastGoodRevision();
  }

  private static NodeCounts counts(Map<String, NodeStanding> standings, Observation observation) {
    int ready = 0;
    int failed = 0;
    int pending = 0;
    for (NodeStanding standing : standings.values()) {
      switch (standing) {
        case NodeStanding.OnTarget onTarget -> ready++;
        case NodeStanding.Failed failure -> failed++;
        case NodeStanding.Waiting waiting -> pending++;
        case NodeStanding.Silent silent -> pending++;
      }
    }
    int selected = standings.size();
    return new NodeCounts(
        selected, ready, failed, pending, observation.kernels().size(), ready + "/" + selected);
  }

  private static List<NodeFailure> failures(Map<String, NodeStanding> standings) {
    return standings.entrySet().stream()
        .flatMap(
            entry -> entry.getValue().trouble().map(it -> failure(entry.getKey(), it)).stream())
        .limit(WhistlerProgramStatus.MAX_FAILURES)
        .toList();
  }

  private static NodeFailure failure(String node, Trouble trouble) {
    return new NodeFailure(node, trouble.reason(), Texts.clip(trouble.message(), Texts.MESSAGE));
  }

  private static @Nullable Long boxed(OptionalLong number) {
    return number.isPresent() ? number.getAsLong() : null;
  }
}

package dev.whistler.agent.report;

import dev.whistler.agent.node.Machine;
import dev.whistler.agent.node.Obstacle;
import dev.whistler.agent.work.Assignment;
import dev.whistler.agent.work.Work;
import dev.whistler.agent.work.WorkState;
import dev.whistler.crds.NodeReason;
import dev.whistler.crds.ResourceCondition;
import dev.whistler.crds.ResourceCondition.Status;
import dev.whistler.crds.WhistlerNodeStatus;
import dev.whistler.crds.WhistlerNodeStatus.Feature;
import dev.whistler.crds.WhistlerNodeStatus.NodeProgram;
import dev.whistler.crds.WhistlerNodeStatus.Running;
import dev.whistler.crds.WhistlerNodeStatus.State;
import dev.whistler.crds.WhistlerNodeStatus.Target;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The status of this node's WhistlerNode, from what the agent knows. Pure. */
public final class NodeStatusModel {

  private static final String READY = "Ready";
  private static final int MAX_MESSAGE = 256;

  private NodeStatusModel() {}

  /**
   * What the WhistlerNode shall say.
   *
   * @param kernel what describes this kernel; empty when it cannot be described
   * @param obstacle why no programs can run; empty when they can
   * @param denial why the API server does not take the profile; empty when it does or was not asked
   * @param previous what was reported last: conditions that did not change keep their time
   */
  public static WhistlerNodeStatus status(
      Machine machine,
      String agentVersion,
      Optional<WhistlerNodeStatus.Kernel> kernel,
      Optional<Obstacle> obstacle,
      Optional<String> denial,
      List<Feature> features,
      List<Work> works,
      @Nullable WhistlerNodeStatus previous,
      Instant now) {
    ResourceCondition ready =
        new ResourceCondition(
            READY,
            obstacle.isEmpty() ? Status.TRUE : Status.FALSE,
            obstacle.map(Obstacle::reason).orElse(NodeReason.AGENT_READY),
            truncate(obstacle.map(Obstacle::message).orElse("The agent can run programs.")),
            0,
            now.truncatedTo(ChronoUnit.SECONDS).toString());
    return new WhistlerNodeStatus(
        machine.kernelRelease(),
        machine.architecture(),
        machine.bootId(),
        agentVersion,
        null,
        kernel.orElse(null),
        features,
        told(works).map(NodeStatusModel::program).toList(),
        Stream.concat(Stream.of(ready), denial.map(it -> denied(it, now)).stream())
            .map(condition -> keepTime(condition, previous))
            .toList());
  }

  /** As many as a status holds, in their order; what is in the kernel comes before what is not. */
  private static Stream<Work> told(List<Work> works) {
    Set<Work> told =
        works.stream()
            .sorted(Comparator.comparing((Work work) -> !isInKernel(work)))
            .limit(WhistlerNodeStatus.MAX_PROGRAMS)
            .collect(Collectors.toSet());
    return works.stream().filter(told::contains);
  }

  private static boolean isInKernel(Work work) {
    return work.running().isPresent() || work.state() instanceof WorkState.Unloading;
  }

  /** There while it holds only. */
  private static ResourceCondition denied(String why, Instant now) {
    return new ResourceCondition(
        "ProfileAccepted",
        Status.FALSE,
        NodeReason.PROFILE_DENIED,
        truncate(why),
        0,
        now.truncatedTo(ChronoUnit.SECONDS).toString());
  }

  private static ResourceCondition keepTime(
      ResourceCondition condition, @Nullable WhistlerNodeStatus previous) {
    if (previous == null) {
      return condition;
    }
    return previous.conditions().stream()
        .filter(old -> old.type().equals(condition.type()) && old.status() == condition.status())
        .findFirst()
        .map(
            old ->
                new ResourceCondition(
                    condition.type(),
                    condition.status(),
                    condition.reason(),
                    condition.message(),
                    condition.observedGeneration(),
                    old.lastTransitionTime()))
        .orElse(condition);
  }

  private static NodeProgram program(Work work) {
    return new NodeProgram(
        work.assignment().program(),
        work.assignment().uid(),
        work.running().map(NodeStatusModel::running).orElse(null),
        target(work).orElse(null));
  }

  private static Running running(Work.Current current) {
    Optional<Work.Trouble> trouble = current.trouble();
    return new Running(
        current.assignment().revision(),
        current.assignment().artifact(),
        current.since().truncatedTo(ChronoUnit.SECONDS).toString(),
        trouble.map(Work.Trouble::reason).orElse(null),
        trouble.map(it -> truncate(it.message())).orElse(null));
  }

  /** Of a revision that is tried a roll-out waits to hear; what runs is told beside it. */
  private static Optional<Target> target(Work work) {
    return work.trial()
        .map(trial -> target(trial.assignment(), trial.state()))
        .orElseGet(() -> target(work.assignment(), work.state()));
  }

  private static Optional<Target> target(Assignment assignment, WorkState its) {
    return switch (its) {
      case WorkState.Running running -> Optional.empty();
      case WorkState.Verifying verifying ->
          Optional.of(target(assignment, State.VERIFYING, "", ""));
      case WorkState.Verified verified -> Optional.of(target(assignment, State.VERIFIED, "", ""));
      case WorkState.Failed(String reason, String message) ->
          Optional.of(target(assignment, State.FAILED, reason, message));
      case WorkState.Pending(String reason, String why) ->
          Optional.of(target(assignment, State.PENDING, reason, why));
      case WorkState.Unloading(String reason, String why) ->
          Optional.of(target(assignment, State.UNLOADING, reason, why));
    };
  }

  private static Target target(Assignment assignment, State state, String reason, String message) {
    return new Target(
        assignment.revision(),
        assignment.artifact(),
        state,
        reason.isEmpty() ? null : reason,
        message.isEmpty() ? null : truncate(message));
  }

  private static String truncate(String message) {
    return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE - 1) + "…";
  }
}

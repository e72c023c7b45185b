package dev.whistler.operator.status;

import dev.whistler.crds.NodeReason;
import dev.whistler.crds.WhistlerNodeStatus;
import dev.whistler.crds.WhistlerNodeStatus.NodeProgram;
import dev.whistler.operator.build.BuildOutcome;
import dev.whistler.operator.model.ClusterNode;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How far one selected node is with the target revision. */
sealed interface NodeStanding {
  /** It runs the target; {@code trouble} says what is wrong with delivery, if anything. */
  record Running(Optional<Failure> trouble) implements NodeStanding {}

  /** It cannot run the target. */
  record Failed(Failure failure) implements NodeStanding {}

  /** It has not come so far yet. */
  record Waiting() implements NodeStanding {}

  /**
   * Why.
   *
   * @param reason one word
   * @param message one sentence
   */
  record Failure(String reason, String message) {}

  /** Trouble of a program that runs. */
  Set<String> DELIVERY_REASONS =
      Set.of(NodeReason.SINK_UNAVAILABLE, NodeReason.RECORDS_LOST, NodeReason.RECORDS_UNDECODABLE);

  /** The standing of a node as to a target revision, as observed. */
  static NodeStanding of(ClusterNode node, Observation observation) {
    if (observation.plan().target().isEmpty()) {
      return new Waiting();
    }
    long target = observation.plan().target().getAsLong();
    Optional<NodeProgram> report = node.program(observation.program().uid());
    Optional<WhistlerNodeStatus.Running> running =
        report.map(NodeProgram::running).filter(it -> it.revision() == target);
    if (running.isPresent()) {
      return new Running(trouble(running.get()));
    }
    Optional<WhistlerNodeStatus.Target> wanted =
        report.map(NodeProgram::target).filter(it -> it.revision() == target);
    if (wanted.isPresent()) {
      return switch (wanted.get().state()) {
        case FAILED ->
            new Failed(
                new Failure(
                    orElse(wanted.get().reason(), NodeReason.ATTACH_FAILED),
                    orElse(wanted.get().message(), "The agent did not say why.")));
        case PENDING, STARTING, UNLOADING -> new Waiting();
      };
    }
    return node.profile()
        .filter(profile -> !observation.artifacts().containsKey(profile))
        .flatMap(profile -> buildFailure(observation.builds().get(profile)))
        .<NodeStanding>map(Failed::new)
        .orElseGet(Waiting::new);
  }

  private static Optional<Failure> trouble(WhistlerNodeStatus.Running program) {
    return Optional.ofNullable(program.reason())
        .filter(DELIVERY_REASONS::contains)
        .map(reason -> new Failure(reason, orElse(program.message(), reason + ".")));
  }

  private static Optional<Failure> buildFailure(@Nullable BuildOutcome outcome) {
    return switch (outcome) {
      case BuildOutcome.Rejected rejected ->
          Optional.of(
              new Failure(
                  rejected.reason(), "The program does not compile for this node's kernel."));
      case BuildOutcome.Impossible impossible ->
          Optional.of(new Failure(impossible.reason(), impossible.message()));
      case BuildOutcome.Built built -> Optional.empty();
      case BuildOutcome.Awaiting awaiting -> Optional.empty();
      case null -> Optional.empty();
    };
  }

  private static String orElse(@Nullable String given, String otherwise) {
    return given == null ? otherwise : given;
  }
}

package dev.whistler.operator.status;

import dev.whistler.crds.NodeReason;
import dev.whistler.crds.NodeReasons;
import dev.whistler.crds.NodeReasons.Subject;
import dev.whistler.crds.WhistlerNodeStatus;
import dev.whistler.crds.WhistlerNodeStatus.NodeProgram;
import dev.whistler.crds.WhistlerNodeStatus.Running;
import dev.whistler.crds.WhistlerNodeStatus.State;
import dev.whistler.crds.WhistlerNodeStatus.Target;
import dev.whistler.crds.WhistlerRevisionStatus;
import dev.whistler.operator.build.BuildOutcome;
import dev.whistler.operator.model.ClusterNode;
import dev.whistler.operator.model.Reason;
import dev.whistler.operator.model.Trouble;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How far one selected node is with the target revision. */
sealed interface NodeStanding {
  /** It runs the target; {@code trouble} says what is wrong with its attachment, if anything. */
  record OnTarget(Optional<Trouble> trouble) implements NodeStanding {}

  /** It cannot run the target. */
  record Failed(Trouble failure) implements NodeStanding {}

  /** It has not come so far yet; {@code trouble} says what is in the way, if anything. */
  record Waiting(Optional<Trouble> trouble) implements NodeStanding {}

  /** Its agent does not speak: nobody knows. */
  record Silent() implements NodeStanding {
    static final Trouble TROUBLE =
        new Trouble(
            Reason.AGENT_SILENT,
            "The agent is silent; what it said last may no longer be so. Look at the node and at"
                + " the agent's pod there.");
  }

  /** What is wrong there, if anything. */
  default Optional<Trouble> trouble() {
    return switch (this) {
      case OnTarget(Optional<Trouble> trouble) -> trouble;
      case Failed(Trouble failure) -> Optional.of(failure);
      case Waiting(Optional<Trouble> trouble) -> trouble;
      case Silent silent -> Optional.of(Silent.TROUBLE);
    };
  }

  /** Trouble with the records of a program; any other concerns its being attached. */
  Set<String> DELIVERY_REASONS = NodeReasons.of(Subject.RECORDS);

  /** The standing of a node as to a target revision, as observed. */
  static NodeStanding of(ClusterNode node, Observation observation) {
    if (isSilent(node, observation)) {
      return new Silent();
    }
    Optional<Running> running = node.running(observation.program().uid());
    if (observation.plan().target().isEmpty()) {
      return obstacle(node)
          .<NodeStanding>map(Failed::new)
          .orElseGet(() -> new Waiting(Optional.empty()));
    }
    long target = observation.plan().target().getAsLong();
    if (running.isPresent() && running.get().revision() == target) {
      return new OnTarget(
          said(running.get()).filter(trouble -> !DELIVERY_REASONS.contains(trouble.reason())));
    }
    NodeStanding standing = notRunning(node, observation, target);
    return running
        .map(older -> withFallback(standing, "Revision " + older.revision() + " runs on."))
        .orElse(standing);
  }

  /**
   * After a restart of the operator no agent has been heard of yet. What was said of a silent one
   * holds until it speaks or its time is over again.
   */
  private static boolean isSilent(ClusterNode node, Observation observation) {
    return switch (node.liveness()) {
      case ALIVE -> false;
      case SILENT -> true;
      case UNHEARD ->
          observation.previous() != null
              && observation.previous().failures().stream()
                  .anyMatch(
                      failure ->
                          failure.node().equals(node.name())
                              && failure.reason().equals(Reason.AGENT_SILENT));
    };
  }

  private static NodeStanding notRunning(ClusterNode node, Observation observation, long target) {
    Optional<Trouble> obstacle = obstacle(node);
    if (obstacle.isPresent()) {
      return new Failed(obstacle.get());
    }
    Optional<NodeProgram> report = node.program(observation.program().uid());
    Optional<Target> wanted = report.map(NodeProgram::target).filter(it -> it.revision() == target);
    if (wanted.isPresent()) {
      return ofTarget(wanted.get());
    }
    if (report.isEmpty() && node.programs().size() >= WhistlerNodeStatus.MAX_PROGRAMS) {
      return new Failed(
          new Trouble(
              NodeReason.NODE_FULL,
              "The node has taken on "
                  + WhistlerNodeStatus.MAX_PROGRAMS
                  + " programs, as many as it may; let others select fewer nodes."));
    }
    return node.identity()
        .filter(kernel -> !observation.artifacts().containsKey(kernel))
        .flatMap(kernel -> buildTrouble(observation, kernel))
        .<NodeStanding>map(Failed::new)
        .orElseGet(() -> new Waiting(Optional.empty()));
  }

  private static NodeStanding ofTarget(Target target) {
    return target.state() == State.FAILED
        ? new Failed(ofProgram(orElse(target.reason(), NodeReason.ATTACH_FAILED), target.message()))
        : new Waiting(
            Optional.ofNullable(target.reason())
                .map(reason -> ofProgram(reason, target.message())));
  }

  private static Trouble ofProgram(String reason, @Nullable String message) {
    return new Trouble(
        ConditionTable.ofAgent(Subject.PROGRAM, reason, NodeReason.ATTACH_FAILED),
        message(message));
  }

  private static NodeStanding withFallback(NodeStanding standing, String fallback) {
    return switch (standing) {
      case Failed(Trouble failure) -> new Failed(with(failure, fallback));
      case Waiting(Optional<Trouble> trouble) ->
          new Waiting(trouble.map(reason -> with(reason, fallback)));
      case OnTarget onTarget -> onTarget;
      case Silent silent -> silent;
    };
  }

  private static Trouble with(Trouble trouble, String fallback) {
    return new Trouble(trouble.reason(), trouble.message() + " " + fallback);
  }

  /** What an agent says is wrong with a program that runs. */
  static Optional<Trouble> said(Running program) {
    return Optional.ofNullable(program.reason())
        .map(
            reason ->
                DELIVERY_REASONS.contains(reason)
                    ? new Trouble(reason, message(program.message()))
                    : ofProgram(reason, program.message()));
  }

  /** Why a node can run nothing, by its agent's own words. */
  static Optional<Trouble> obstacle(ClusterNode node) {
    return node.obstacle()
        .map(
            said ->
                new Trouble(
                    ConditionTable.ofAgent(Subject.NODE, said.reason(), NodeReason.KERNEL_UNUSABLE),
                    message(said.message())));
  }

  private static Optional<Trouble> buildTrouble(Observation observation, String kernel) {
    @Nullable BuildOutcome outcome = observation.builds().get(kernel);
    return switch (outcome) {
      case BuildOutcome.Rejected rejected ->
          Optional.of(
              new Trouble(
                  rejected.reason(),
                  rejected.reason().equals(Reason.WAITING_FOR_MODULE)
                      ? "The program waits for a kernel module that brings its tracepoint."
                      : "The program does not compile for this node's kernel."));
      case BuildOutcome.Impossible impossible ->
          Optional.of(new Trouble(impossible.reason(), Texts.sentence(impossible.message())));
      case BuildOutcome.Built built ->
          observation.artifacts().size() < WhistlerRevisionStatus.MAX_KERNELS
              ? Optional.empty()
              : Optional.of(
                  new Trouble(
                      Reason.TOO_MANY_KERNELS,
                      "The program runs on "
                          + WhistlerRevisionStatus.MAX_KERNELS
                          + " kernels already, and this node has yet another one; select fewer"
                          + " nodes."));
      case BuildOutcome.Awaiting awaiting -> Optional.empty();
      case BuildOutcome.Queued queued -> Optional.empty();
      case null -> Optional.empty();
    };
  }

  /** An agent's message as a sentence. */
  private static String message(@Nullable String given) {
    return given == null || given.isBlank() ? "The agent did not say why." : Texts.sentence(given);
  }

  private static String orElse(@Nullable String given, String otherwise) {
    return given == null ? otherwise : given;
  }
}

package dev.whistler.operator.status;

import dev.whistler.crds.NodeReason;
import dev.whistler.crds.ResourceCondition;
import dev.whistler.crds.ResourceCondition.Status;
import dev.whistler.crds.WhistlerNodeStatus;
import dev.whistler.crds.WhistlerNodeStatus.State;
import dev.whistler.operator.build.BuildOutcome;
import dev.whistler.operator.model.ClusterNode;
import dev.whistler.operator.model.Reason;
import dev.whistler.operator.model.SelectedKernel;
import dev.whistler.operator.model.Trouble;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The conditions of a program, each by a rule of its own; {@code Ready} sums up. */
final class Conditions {
  static final String COMPILED = "Compiled";
  static final String VERIFIED = "Verified";
  static final String ATTACHED = "Attached";
  static final String DELIVERING = "Delivering";
  static final String PROGRESSING = "Progressing";
  static final String DEGRADED = "Degraded";
  static final String READY = "Ready";

  /** Most releases that a message names. */
  private static final int MAX_RELEASES = 10;

  private final Observation observation;
  private final Map<String, NodeStanding> standings;

  /**
   * The rules for one observation.
   *
   * @param standings by name of the selected node, sorted
   */
  Conditions(Observation observation, Map<String, NodeStanding> standings) {
    this.observation = observation;
    this.standings = standings;
  }

  /** All conditions, dated: the time of an unchanged status is that of {@code previous}. */
  List<ResourceCondition> dated(List<ResourceCondition> previous, Instant now) {
    return all().stream().map(verdict -> dated(verdict, previous, now)).toList();
  }

  private ResourceCondition dated(Verdict verdict, List<ResourceCondition> previous, Instant now) {
    String time =
        previous.stream()
            .filter(old -> old.type().equals(verdict.type()) && old.status() == verdict.status())
            .map(ResourceCondition::lastTransitionTime)
            .findFirst()
            .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString());
    return new ResourceCondition(
        verdict.type(),
        verdict.status(),
        verdict.reason(),
        Texts.clip(verdict.message(), Texts.CONDITION),
        observation.program().generation(),
        time);
  }

  private List<Verdict> all() {
    Verdict compiled = compiled();
    Verdict attached = attached();
    Verdict delivering = delivering();
    List<Verdict> verdicts = new ArrayList<>();
    verdicts.add(compiled);
    verdicts.add(verified());
    verdicts.add(attached);
    verdicts.add(delivering);
    verdicts.add(progressing());
    verdicts.add(degraded(compiled));
    verdicts.add(ready(compiled, attached, delivering));
    return verdicts;
  }

  private Verdict compiled() {
    if (observation.refusal().isPresent()) {
      return Verdict.no(
          COMPILED,
          observation.refusal().get().reason(),
          Texts.sentence(observation.refusal().get().message()));
    }
    if (observation.nodes().isEmpty()) {
      return Verdict.unknown(COMPILED, Reason.NO_NODES, noNodes());
    }
    List<SelectedKernel> failing = new ArrayList<>();
    List<SelectedKernel> waiting = new ArrayList<>();
    Optional<Trouble> first = Optional.empty();
    Optional<Trouble> firstWaiting = Optional.empty();
    for (SelectedKernel kernel : observation.kernels()) {
      Optional<Trouble> failure =
          switch (observation.builds().get(kernel.identity())) {
            case BuildOutcome.Built built -> Optional.empty();
            case BuildOutcome.Rejected rejected ->
                Optional.of(new Trouble(rejected.reason(), BuildReport.firstError(rejected)));
            case BuildOutcome.Impossible impossible ->
                Optional.of(new Trouble(impossible.reason(), Texts.sentence(impossible.message())));
            case BuildOutcome.Awaiting wait -> Optional.empty();
            case BuildOutcome.Queued queued -> Optional.empty();
            case null -> Optional.empty();
          };
      if (failure.filter(it -> it.reason().equals(Reason.WAITING_FOR_MODULE)).isPresent()) {
        waiting.add(kernel);
        firstWaiting = firstWaiting.or(() -> failure);
      } else if (failure.isPresent()) {
        failing.add(kernel);
        first = first.or(() -> failure);
      }
    }
    if (first.isPresent()) {
      return Verdict.no(COMPILED, first.get().reason(), first.get().message() + where(failing));
    }
    if (firstWaiting.isPresent()) {
      return Verdict.no(
          COMPILED,
          Reason.WAITING_FOR_MODULE,
          firstWaiting.get().message()
              + " It has no event of that category at all; if a kernel module brings it, the program"
              + " is built once that is loaded."
              + where(waiting));
    }
    List<ClusterNode> undescribed = observation.nodes().stream().filter(this::isAwaited).toList();
    if (!undescribed.isEmpty()) {
      return undescribed.stream()
          .flatMap(node -> undescribedBecause(node).stream())
          .findFirst()
          .map(said -> Verdict.unknown(COMPILED, said.getValue().reason(), onNode(said)))
          .orElseGet(
              () ->
                  Verdict.unknown(
                      COMPILED,
                      Reason.AWAITING_PROFILES,
                      "Agents of some selected nodes have not uploaded their kernel's profile"
                          + " and types yet."));
    }
    long queued =
        observation.builds().values().stream()
            .filter(BuildOutcome.Queued.class::isInstance)
            .count();
    if (queued > 0) {
      return Verdict.unknown(
          COMPILED,
          Reason.COMPILING,
          "It is being compiled for " + counted(queued, "kernel", "kernels") + ".");
    }
    return Verdict.yes(
        COMPILED,
        Reason.COMPILED,
        "It compiles for " + counted(observation.kernels().size(), "kernel", "kernels") + ".");
  }

  /** Nothing when it is so on every kernel. */
  private String where(List<SelectedKernel> kernels) {
    if (kernels.size() == observation.kernels().size()) {
      return "";
    }
    SortedSet<String> releases = new TreeSet<>();
    kernels.forEach(kernel -> releases.addAll(kernel.releases()));
    String more = releases.size() > MAX_RELEASES ? " and others" : "";
    return " It is so on "
        + releases.stream().limit(MAX_RELEASES).collect(Collectors.joining(", "))
        + more
        + ".";
  }

  private boolean isAwaited(ClusterNode node) {
    return node.identity().isEmpty()
        || observation.builds().get(node.identity().get()) instanceof BuildOutcome.Awaiting;
  }

  /** What keeps a node from saying what its kernel is like. */
  private Optional<Map.Entry<String, Trouble>> undescribedBecause(ClusterNode node) {
    return NodeStanding.obstacle(node)
        .or(
            () ->
                standings.get(node.name()) instanceof NodeStanding.Silent
                    ? Optional.of(NodeStanding.Silent.TROUBLE)
                    : Optional.empty())
        .map(trouble -> Map.entry(node.name(), trouble));
  }

  private Verdict verified() {
    if (observation.plan().target().isEmpty()) {
      return Verdict.unknown(VERIFIED, Reason.NO_REVISION, noRevision());
    }
    Optional<Map.Entry<String, Trouble>> rejected =
        troubles(standing -> true)
            .filter(entry -> entry.getValue().reason().equals(NodeReason.VERIFIER_REJECTED))
            .findFirst();
    if (rejected.isPresent()) {
      return Verdict.no(VERIFIED, NodeReason.VERIFIER_REJECTED, onNode(rejected.get()));
    }
    Set<String> unheard = new HashSet<>(observation.artifacts().keySet());
    unheard.retainAll(observation.kernels().stream().map(SelectedKernel::identity).toList());
    if (unheard.isEmpty()) {
      return Verdict.unknown(VERIFIED, Reason.PENDING, "No kernel has an artifact yet.");
    }
    observation.nodes().stream()
        .filter(this::hasAcceptedTarget)
        .forEach(node -> node.identity().ifPresent(unheard::remove));
    return unheard.isEmpty()
        ? Verdict.yes(VERIFIED, Reason.ACCEPTED, "Every selected kernel's verifier accepted it.")
        : Verdict.unknown(
            VERIFIED,
            Reason.PENDING,
            counted(unheard.size(), "kernel has", "kernels have") + " not said yet.");
  }

  /** What a verifier accepted stays accepted, whether or not the agent still speaks. */
  private boolean hasAcceptedTarget(ClusterNode node) {
    long target = observation.plan().target().orElse(0);
    return node.program(observation.program().uid())
        .filter(
            said ->
                (said.running() != null && said.running().revision() == target)
                    || (said.target() != null
                        && said.target().revision() == target
                        && said.target().state() == State.VERIFIED))
        .isPresent();
  }

  private Verdict attached() {
    Optional<Map.Entry<String, Trouble>> failure = failure();
    if (observation.plan().target().isEmpty()) {
      return failure
          .map(entry -> Verdict.no(ATTACHED, entry.getValue().reason(), onNode(entry)))
          .orElseGet(() -> Verdict.unknown(ATTACHED, Reason.NO_REVISION, noRevision()));
    }
    if (standings.isEmpty()) {
      return Verdict.unknown(ATTACHED, Reason.NO_NODES, noNodes());
    }
    if (failure.isPresent()) {
      return Verdict.no(ATTACHED, failure.get().getValue().reason(), onNode(failure.get()));
    }
    long waiting = waiting();
    Optional<Map.Entry<String, Trouble>> silent = silence();
    if (silent.isPresent()) {
      return waiting > 0
          ? Verdict.no(ATTACHED, Reason.AGENT_SILENT, onNode(silent.get()))
          : Verdict.unknown(ATTACHED, Reason.AGENT_SILENT, onNode(silent.get()));
    }
    String revision = "revision " + observation.plan().target().getAsLong();
    return waiting > 0
        ? Verdict.no(
            ATTACHED,
            Reason.PENDING,
            counted(waiting, "node does", "nodes do") + " not run " + revision + " yet.")
        : Verdict.yes(
            ATTACHED,
            Reason.ATTACHED,
            counted(standings.size(), "node runs", "nodes run") + " " + revision + ".");
  }

  /** Speaks of what runs, be it the target or an older revision. */
  private Verdict delivering() {
    boolean runs = false;
    for (ClusterNode node : observation.nodes()) {
      Optional<WhistlerNodeStatus.Running> running = node.running(observation.program().uid());
      if (running.isEmpty() || standings.get(node.name()) instanceof NodeStanding.Silent) {
        continue;
      }
      runs = true;
      Optional<Trouble> trouble =
          NodeStanding.said(running.get())
              .filter(said -> NodeStanding.DELIVERY_REASONS.contains(said.reason()));
      if (trouble.isPresent()) {
        return Verdict.no(
            DELIVERING, trouble.get().reason(), onNode(Map.entry(node.name(), trouble.get())));
      }
    }
    Optional<Map.Entry<String, Trouble>> silent = silence();
    if (silent.isPresent()) {
      return Verdict.unknown(DELIVERING, Reason.AGENT_SILENT, onNode(silent.get()));
    }
    return runs
        ? Verdict.yes(DELIVERING, Reason.DELIVERING, "Every sink accepts records.")
        : Verdict.unknown(DELIVERING, Reason.PENDING, "No node runs the program yet.");
  }

  private Verdict progressing() {
    long waiting = waiting();
    return observation.plan().target().isPresent() && waiting > 0
        ? Verdict.yes(
            PROGRESSING,
            Reason.ROLLING_OUT,
            counted(waiting, "node has", "nodes have") + " not reported the target revision yet.")
        : Verdict.no(PROGRESSING, Reason.COMPLETE, "Nothing is under way.");
  }

  private Verdict degraded(Verdict compiled) {
    if (compiled.status() == Status.FALSE) {
      return Verdict.yes(DEGRADED, compiled.reason(), compiled.message());
    }
    return failure()
        .map(entry -> Verdict.yes(DEGRADED, entry.getValue().reason(), onNode(entry)))
        .or(
            () ->
                silence()
                    .map(entry -> Verdict.unknown(DEGRADED, Reason.AGENT_SILENT, onNode(entry))))
        .orElseGet(
            () ->
                Verdict.no(
                    DEGRADED,
                    Reason.AS_EXPECTED,
                    "No selected node or kernel fails to run the newest spec."));
  }

  private Verdict ready(Verdict... parts) {
    for (Status status : List.of(Status.FALSE, Status.UNKNOWN)) {
      for (Verdict part : parts) {
        if (part.status() == status) {
          return status == Status.UNKNOWN && part.reason().equals(Reason.AGENT_SILENT)
              ? Verdict.unknown(READY, part.reason(), part.message())
              : Verdict.no(READY, part.reason(), part.message());
        }
      }
    }
    if (!observation.plan().current()) {
      return Verdict.no(READY, Reason.PENDING, "The newest spec has no revision yet.");
    }
    return Verdict.yes(READY, Reason.READY, "The newest spec runs on every selected node.");
  }

  /** What certainly keeps a node from running the target: what has failed comes first. */
  private Optional<Map.Entry<String, Trouble>> failure() {
    return troubles(NodeStanding.Failed.class::isInstance)
        .findFirst()
        .or(() -> troubles(standing -> !(standing instanceof NodeStanding.Silent)).findFirst());
  }

  private Optional<Map.Entry<String, Trouble>> silence() {
    return troubles(NodeStanding.Silent.class::isInstance).findFirst();
  }

  private Stream<Map.Entry<String, Trouble>> troubles(Predicate<NodeStanding> which) {
    return standings.entrySet().stream()
        .filter(entry -> which.test(entry.getValue()))
        .flatMap(
            entry -> entry.getValue().trouble().map(it -> Map.entry(entry.getKey(), it)).stream());
  }

  private long waiting() {
    return standings.values().stream().filter(NodeStanding.Waiting.class::isInstance).count();
  }

  private static String onNode(Map.Entry<String, Trouble> entry) {
    return "Node " + entry.getKey() + ": " + entry.getValue().message();
  }

  private static String noNodes() {
    return "No node with a Whistler agent is selected.";
  }

  private static String noRevision() {
    return "The program never compiled, so there is nothing to run.";
  }

  private static String counted(long count, String one, String several) {
    return count + " " + (count == 1 ? one : several);
  }
}

package dev.whistler.operator.status;

import dev.whistler.crds.NodeReason;
import dev.whistler.crds.ResourceCondition;
import dev.whistler.crds.ResourceCondition.Status;
import dev.whistler.operator.build.BuildOutcome;
import dev.whistler.operator.model.Reason;
import dev.whistler.operator.model.SelectedKernel;
import dev.whistler.operator.status.NodeStanding.Failure;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
          COMPILED, observation.refusal().get().reason(), observation.refusal().get().message());
    }
    if (observation.nodes().isEmpty()) {
      return Verdict.unknown(COMPILED, Reason.NO_NODES, noNodes());
    }
    List<String> failing = new ArrayList<>();
    Optional<Failure> first = Optional.empty();
    boolean awaiting = observation.nodes().stream().anyMatch(node -> node.profile().isEmpty());
    for (SelectedKernel kernel : observation.kernels()) {
      Optional<Failure> failure =
          switch (observation.builds().get(kernel.profile())) {
            case BuildOutcome.Built built -> Optional.empty();
            case BuildOutcome.Rejected rejected ->
                Optional.of(new Failure(rejected.reason(), BuildReport.firstError(rejected)));
            case BuildOutcome.Impossible impossible ->
                Optional.of(new Failure(impossible.reason(), impossible.message()));
            case BuildOutcome.Awaiting wait -> {
              awaiting = true;
              yield Optional.empty();
            }
            case null -> Optional.empty();
          };
      if (failure.isPresent()) {
        failing.addAll(kernel.releases());
        first = first.or(() -> failure);
      }
    }
    if (first.isPresent()) {
      String where =
          failing.size() == releases().size() ? "" : " (on " + String.join(", ", failing) + ")";
      return Verdict.no(COMPILED, first.get().reason(), first.get().message() + where);
    }
    if (awaiting) {
      return Verdict.unknown(
          COMPILED,
          Reason.AWAITING_PROFILES,
          "Agents of some selected nodes have not uploaded their kernel's profile yet.");
    }
    return Verdict.yes(
        COMPILED,
        Reason.COMPILED,
        "Compiles for " + counted(observation.kernels().size(), "kernel") + ".");
  }

  private Set<String> releases() {
    Set<String> releases = new LinkedHashSet<>();
    observation.kernels().forEach(kernel -> releases.addAll(kernel.releases()));
    return releases;
  }

  private Verdict verified() {
    if (observation.plan().target().isEmpty()) {
      return Verdict.unknown(VERIFIED, Reason.NO_REVISION, noRevision());
    }
    Optional<Map.Entry<String, Failure>> rejected =
        failures()
            .filter(entry -> entry.getValue().reason().equals(NodeReason.VERIFIER_REJECTED))
            .findFirst();
    if (rejected.isPresent()) {
      return Verdict.no(VERIFIED, NodeReason.VERIFIER_REJECTED, onNode(rejected.get()));
    }
    Set<String> unheard = new HashSet<>(observation.artifacts().keySet());
    unheard.retainAll(observation.kernels().stream().map(SelectedKernel::profile).toList());
    if (unheard.isEmpty()) {
      return Verdict.unknown(VERIFIED, Reason.PENDING, "No kernel has an artifact yet.");
    }
    observation.nodes().stream()
        .filter(node -> standings.get(node.name()) instanceof NodeStanding.Running)
        .forEach(node -> node.profile().ifPresent(unheard::remove));
    return unheard.isEmpty()
        ? Verdict.yes(VERIFIED, Reason.ACCEPTED, "Every selected kernel's verifier accepted it.")
        : Verdict.unknown(
            VERIFIED, Reason.PENDING, counted(unheard.size(), "kernel") + " have not said yet.");
  }

  private Verdict attached() {
    if (observation.plan().target().isEmpty()) {
      return Verdict.unknown(ATTACHED, Reason.NO_REVISION, noRevision());
    }
    if (standings.isEmpty()) {
      return Verdict.unknown(ATTACHED, Reason.NO_NODES, noNodes());
    }
    Optional<Map.Entry<String, Failure>> failure = failures().findFirst();
    if (failure.isPresent()) {
      return Verdict.no(ATTACHED, failure.get().getValue().reason(), onNode(failure.get()));
    }
    long waiting = waiting();
    String revision = "revision " + observation.plan().target().getAsLong();
    return waiting > 0
        ? Verdict.no(
            ATTACHED,
            Reason.PENDING,
            counted(waiting, "node") + " do not run " + revision + " yet.")
        : Verdict.yes(
            ATTACHED,
            Reason.ATTACHED,
            counted(standings.size(), "node") + " run " + revision + ".");
  }

  private Verdict delivering() {
    Optional<Map.Entry<String, Failure>> trouble =
        standings.entrySet().stream()
            .flatMap(
                entry ->
                    entry.getValue() instanceof NodeStanding.Running running
                        ? running.trouble().map(it -> Map.entry(entry.getKey(), it)).stream()
                        : Stream.empty())
            .findFirst();
    if (trouble.isPresent()) {
      return Verdict.no(DELIVERING, trouble.get().getValue().reason(), onNode(trouble.get()));
    }
    boolean runs = standings.values().stream().anyMatch(NodeStanding.Running.class::isInstance);
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
            counted(waiting, "node") + " have not reported the target revision yet.")
        : Verdict.no(PROGRESSING, Reason.COMPLETE, "Nothing is under way.");
  }

  private Verdict degraded(Verdict compiled) {
    if (compiled.status() == Status.FALSE) {
      return Verdict.yes(DEGRADED, compiled.reason(), compiled.message());
    }
    return failures()
        .findFirst()
        .map(entry -> Verdict.yes(DEGRADED, entry.getValue().reason(), onNode(entry)))
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
          return Verdict.no(READY, part.reason(), part.message());
        }
      }
    }
    if (!observation.plan().current()) {
      return Verdict.no(READY, Reason.PENDING, "The newest spec has no revision yet.");
    }
    return Verdict.yes(READY, Reason.READY, "The newest spec runs on every selected node.");
  }

  private Stream<Map.Entry<String, Failure>> failures() {
    return standings.entrySet().stream()
        .flatMap(
            entry ->
                entry.getValue() instanceof NodeStanding.Failed failed
                    ? Stream.of(Map.entry(entry.getKey(), failed.failure()))
                    : Stream.empty());
  }

  private long waiting() {
    return standings.values().stream().filter(NodeStanding.Waiting.class::isInstance).count();
  }

  private static String onNode(Map.Entry<String, Failure> entry) {
    return "Node " + entry.getKey() + ": " + entry.getValue().message();
  }

  private static String noNodes() {
    return "No node with a Whistler agent is selected.";
  }

  private static String noRevision() {
    return "The program never compiled, so there is nothing to run.";
  }

  private static String counted(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }
}

package dev.whistler.operator.status;

import dev.whistler.crds.ResourceCondition;
import dev.whistler.crds.ResourceCondition.Status;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.operator.model.Reason;
import dev.whistler.operator.status.ConditionTable.Weight;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A change that is told as a Kubernetes Event.
 *
 * @param warning whether somebody should look
 * @param reason the event's reason: that of the condition, stable between versions
 * @param message condition, status and sentence
 */
public record Transition(boolean warning, String reason, String message) {

  private static final Set<String> QUIET_AT_FIRST = Set.of(Reason.COMPLETE, Reason.AS_EXPECTED);

  /**
   * What changed between two statuses: each condition whose status or reason is another one. A
   * reason that several conditions share is told once, for the first of them.
   */
  public static List<Transition> between(
      @Nullable WhistlerProgramStatus before, WhistlerProgramStatus after) {
    Map<String, Transition> byReason = new LinkedHashMap<>();
    after.conditions().stream()
        .filter(condition -> isNews(previous(before, condition.type()), condition))
        .map(Transition::of)
        .forEach(transition -> byReason.putIfAbsent(transition.reason, transition));
    return List.copyOf(byReason.values());
  }

  /**
   * A program is deleted although nodes did not say in time that they have unloaded it.
   *
   * @param nodes their names, sorted
   */
  public static Transition leftBehind(List<String> nodes) {
    return new Transition(
        true,
        Reason.NODES_UNREACHABLE,
        Texts.clip(
            "It is deleted, and these nodes did not unload it in time; they do so when they return:"
                + " "
                + String.join(", ", nodes)
                + ".",
            Texts.MESSAGE));
  }

  private static Optional<ResourceCondition> previous(
      @Nullable WhistlerProgramStatus before, String type) {
    return before == null
        ? Optional.empty()
        : before.conditions().stream().filter(old -> old.type().equals(type)).findFirst();
  }

  /** What is unknown at first is no news, nor that nothing happens or nothing is wrong. */
  private static boolean isNews(Optional<ResourceCondition> before, ResourceCondition after) {
    if (before.isEmpty()) {
      return after.status() != Status.UNKNOWN && !QUIET_AT_FIRST.contains(after.reason());
    }
    return before.get().status() != after.status() || !before.get().reason().equals(after.reason());
  }

  private static Transition of(ResourceCondition condition) {
    boolean warning = ConditionTable.weight(condition.reason()) == Weight.BAD;
    return new Transition(
        warning,
        condition.reason(),
        Texts.clip(condition.type() + ": " + condition.message(), Texts.MESSAGE));
  }
}

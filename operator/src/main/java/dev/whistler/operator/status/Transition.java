package dev.whistler.operator.status;

import dev.whistler.crds.ResourceCondition;
import dev.whistler.crds.ResourceCondition.Status;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.operator.model.Reason;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A change that is told as a Kubernetes Event.
 *
 * @param warning whether somebody should look
 * @param reason the event's reason: that of the condition, stable between versions
 * @param message condition, status and sentence
 */
public record Transition(boolean warning, String reason, String message) {

  /** Conditions whose True is bad news. */
  private static final List<String> BAD_WHEN_TRUE = List.of(Conditions.DEGRADED);

  /** What changed between two statuses: each condition whose status or reason is another one. */
  public static List<Transition> between(
      @Nullable WhistlerProgramStatus before, WhistlerProgramStatus after) {
    return after.conditions().stream()
        .filter(condition -> isNews(previous(before, condition.type()), condition))
        .map(Transition::of)
        .toList();
  }

  private static Optional<ResourceCondition> previous(
      @Nullable WhistlerProgramStatus before, String type) {
    return before == null
        ? Optional.empty()
        : before.conditions().stream().filter(old -> old.type().equals(type)).findFirst();
  }

  /** What is unknown at first is no news, nor that nothing is wrong. */
  private static boolean isNews(Optional<ResourceCondition> before, ResourceCondition after) {
    if (before.isEmpty()) {
      boolean good = after.status() == Status.TRUE;
      boolean bad = BAD_WHEN_TRUE.contains(after.type());
      return bad ? good : after.status() != Status.UNKNOWN && !isQuiet(after);
    }
    return before.get().status() != after.status() || !before.get().reason().equals(after.reason());
  }

  private static boolean isQuiet(ResourceCondition condition) {
    return condition.type().equals(Conditions.PROGRESSING) && condition.status() == Status.FALSE;
  }

  private static Transition of(ResourceCondition condition) {
    boolean warning =
        switch (condition.status()) {
          case TRUE -> BAD_WHEN_TRUE.contains(condition.type());
          case FALSE ->
              !BAD_WHEN_TRUE.contains(condition.type())
                  && !isQuiet(condition)
                  && !condition.reason().equals(Reason.PENDING);
          case UNKNOWN -> false;
        };
    return new Transition(
        warning,
        condition.reason(),
        Texts.clip(condition.type() + ": " + condition.message(), Texts.MESSAGE));
  }
}

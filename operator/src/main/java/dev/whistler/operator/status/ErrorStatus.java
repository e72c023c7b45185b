package dev.whistler.operator.status;

import dev.whistler.crds.ResourceCondition;
import dev.whistler.crds.ResourceCondition.Status;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.operator.model.ProgramIdentity;
import dev.whistler.operator.model.Reason;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The status of a program on which the operator itself failed. */
public final class ErrorStatus {
  private ErrorStatus() {}

  /**
   * What was known before, but for {@code Ready}, which is unknown now. Equals the previous one
   * when the same failure happens again, whatever the time.
   */
  public static WhistlerProgramStatus of(
      ProgramIdentity program,
      @Nullable WhistlerProgramStatus previous,
      Throwable failure,
      Instant now) {
    List<ResourceCondition> before = previous == null ? List.of() : previous.conditions();
    Optional<ResourceCondition> ready =
        before.stream().filter(condition -> condition.type().equals(Conditions.READY)).findFirst();
    ResourceCondition unknown =
        new ResourceCondition(
            Conditions.READY,
            Status.UNKNOWN,
            Reason.OPERATOR_DEFECT,
            Texts.clip(
                "The operator failed on this program ("
                    + failure.getClass().getSimpleName()
                    + "). Its log has the cause; it tries again.",
                Texts.CONDITION),
            program.generation(),
            ready
                .filter(condition -> condition.status() == Status.UNKNOWN)
                .map(ResourceCondition::lastTransitionTime)
                .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString()));
    List<ResourceCondition> conditions =
        Stream.concat(
                before.stream().filter(condition -> !condition.type().equals(Conditions.READY)),
                Stream.of(unknown))
            .toList();
    return previous == null
        ? new WhistlerProgramStatus(
            program.generation(),
            null,
            null,
            null,
            conditions,
            List.of(),
            List.of(),
            null,
            List.of(),
            null)
        : new WhistlerProgramStatus(
            previous.observedGeneration(),
            previous.currentRevision(),
            previous.targetRevision(),
            previous.lastGoodRevision(),
            conditions,
            previous.diagnostics(),
            previous.builds(),
            previous.nodes(),
            previous.failures(),
            previous.rollout());
  }
}

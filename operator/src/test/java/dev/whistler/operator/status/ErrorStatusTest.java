package dev.whistler.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.ResourceCondition;
import dev.whistler.crds.ResourceCondition.Status;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.operator.model.ProgramIdentity;
import dev.whistler.operator.model.Reason;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A failure of the operator itself is told in the status, and told once. */
final class ErrorStatusTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Exception FAILURE = new IllegalStateException("secret");
  private static final ProgramIdentity PROGRAM = new ProgramIdentity("forks", "uid", 3);

  private static WhistlerProgramStatus status(ResourceCondition... conditions) {
    return new WhistlerProgramStatus(
        2, 5L, 6L, 5L, List.of(conditions), List.of(), List.of(), null, List.of(), null);
  }

  @Test
  void aProgramWithoutAStatusGetsOne() {
    assertThat(ErrorStatus.of(PROGRAM, null, FAILURE, NOON).conditions())
        .singleElement()
        .satisfies(
            ready -> {
              assertThat(ready.type()).isEqualTo("Ready");
              assertThat(ready.status()).isEqualTo(Status.UNKNOWN);
              assertThat(ready.reason()).isEqualTo(Reason.OPERATOR_DEFECT);
              assertThat(ready.message())
                  .contains("IllegalStateException", "log")
                  .doesNotContain("secret");
            });
  }

  @Test
  void onlyReadyChanges() {
    ResourceCondition compiled =
        new ResourceCondition("Compiled", Status.TRUE, "Compiled", "ok", 2, "2025-01-01T00:00:00Z");
    ResourceCondition ready =
        new ResourceCondition("Ready", Status.TRUE, "Ready", "ok", 2, "2025-01-01T00:00:00Z");
    WhistlerProgramStatus after = ErrorStatus.of(PROGRAM, status(compiled, ready), FAILURE, NOON);

    assertThat(after.conditions()).hasSize(2).contains(compiled);
    assertThat(after.conditions().getLast().lastTransitionTime()).isEqualTo("2026-01-01T12:00:00Z");
    assertThat(after.targetRevision()).isEqualTo(6);
  }

  @Test
  void theSameFailureAgainChangesNothing() {
    WhistlerProgramStatus first = ErrorStatus.of(PROGRAM, null, FAILURE, NOON);

    assertThat(ErrorStatus.of(PROGRAM, first, FAILURE, NOON.plusSeconds(60))).isEqualTo(first);
  }
}

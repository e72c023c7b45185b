package dev.whistler.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class LastSeenTest {
  private static final Duration GRACE = Duration.ofHours(1);

  private long now = 17;
  private final LastSeen names = new LastSeen(GRACE, () -> now);

  private void pass(Duration time) {
    now += time.toNanos();
  }

  @Test
  void whatWasNeverSeenIsForgottenAPeriodAfterTheBeginning() {
    assertThat(names.isForgotten("a")).isFalse();
    pass(GRACE);
    assertThat(names.isForgotten("a")).isFalse();
    pass(Duration.ofNanos(1));
    assertThat(names.isForgotten("a")).isTrue();
  }

  @Test
  void whatIsSeenAgainIsNotForgotten() {
    for (int i = 0; i < 5; i++) {
      names.seen("a");
      pass(Duration.ofMinutes(50));
      assertThat(names.isForgotten("a")).isFalse();
    }
    pass(Duration.ofMinutes(11));
    assertThat(names.isForgotten("a")).isTrue();
  }

  @Test
  void pruningChangesNoAnswerAndKeepsNothingOld() {
    names.seen("old");
    pass(Duration.ofMinutes(30));
    names.seen("young");
    names.prune();
    assertThat(names.size()).isEqualTo(2);
    pass(Duration.ofMinutes(31));
    names.prune();
    assertThat(names.size()).isEqualTo(1);
    assertThat(names.isForgotten("old")).isTrue();
    assertThat(names.isForgotten("young")).isFalse();
  }
}

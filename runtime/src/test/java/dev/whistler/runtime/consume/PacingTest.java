package dev.whistler.runtime.consume;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How long a ring may be left alone. */
class PacingTest {
  private static final long RING = 256 << 10;

  @Test
  void aRingOfUsualSizeAllowsFiveMilliseconds() {
    assertThat(Duration.ofNanos(Pacing.nanos(RING, 56, 0)))
        .isGreaterThanOrEqualTo(Duration.ofMillis(5));
  }

  @Test
  void aSmallerOrFilledRingAllowsLessOrNone() {
    long small = 32 << 10;
    assertThat(Pacing.nanos(small, 56, 0)).isEqualTo(small * 20);
    assertThat(Pacing.nanos(RING, 56, RING - small)).isEqualTo(small * 20);
    assertThat(Pacing.nanos(RING, 56, RING)).isZero();
    assertThat(Pacing.nanos(4096, 56, 0)).isZero();
  }

  @Test
  void aReaderThatFindsMuchReadsOn() {
    assertThat(Pacing.nanos(RING, RING / 8 - 8, 0)).isPositive();
    assertThat(Pacing.nanos(RING, RING / 8, 0)).isZero();
  }
}

package dev.whistler.runtime.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Clocks that are set while records are decoded. */
class WallClockTest {
  private static final Instant START = Instant.parse("2026-11-22T08:00:00Z");
  private static final long SECOND = 1_000_000_000L;

  /** Up for an hour, half of it asleep. */
  private long uptime = 1800 * SECOND;

  private long asleep = 1800 * SECOND;
  private Instant wall = START;
  private final WallClock clock = new WallClock(() -> uptime + asleep, () -> uptime, () -> wall);

  private void pass(Duration time) {
    uptime += time.toNanos();
    wall = wall.plus(time);
  }

  private void assertNow(Instant expected) {
    assertThat(text(clock.now())).isEqualTo(expected);
    assertThat(text(clock.ofMonotonic(uptime))).isEqualTo(expected);
    assertThat(text(clock.ofBoot(uptime + asleep))).isEqualTo(expected);
  }

  /** As it stands in a record. */
  private static Instant text(long nanos) {
    JsonBuffer json = new JsonBuffer(64);
    new TimeWriter().quoted(nanos, json);
    return Instant.parse(json.toString().replace("\"", ""));
  }

  @Test
  void eachClockHasItsOffset() {
    assertNow(START);
    assertThat(text(clock.ofMonotonic(0))).isEqualTo(START.minusSeconds(1800));
    assertThat(text(clock.ofBoot(0))).isEqualTo(START.minusSeconds(3600));
  }

  @Test
  void aStepForthAndBackIsFollowed() {
    for (long step : new long[] {3600, -7200, 86_400 * 365, -86_400L * 365 * 20, 1}) {
      wall = wall.plusSeconds(step);
      pass(Duration.ofMillis(200));
      clock.refresh();
      assertNow(wall);
    }
  }

  @Test
  void sleepMovesTheClocksApart() {
    asleep += 600 * SECOND;
    wall = wall.plusSeconds(600);
    pass(Duration.ofMillis(200));
    clock.refresh();
    assertNow(wall);
    assertThat(text(clock.ofBoot(0))).isEqualTo(wall.minusNanos(uptime + asleep));
  }

  @Test
  void aSampleIsKeptForATenthOfASecond() {
    Instant before = wall;
    wall = wall.plusSeconds(3600);
    clock.refresh();
    assertNow(before);
    uptime += SECOND / 10 + 1;
    clock.refresh();
    assertNow(wall);
  }

  @Test
  void aWallClockBehindTheBootKnowsNoTimeBefore1970() {
    wall = Instant.EPOCH.plusSeconds(5);
    pass(Duration.ofMillis(200));
    clock.refresh();
    assertNow(wall);
    assertThat(text(clock.ofMonotonic(uptime - 4 * SECOND))).isEqualTo(wall.minusSeconds(4));
    assertThat(text(clock.ofMonotonic(uptime - 60 * SECOND))).isEqualTo(Instant.EPOCH);
    assertThat(text(clock.ofMonotonic(0))).isEqualTo(Instant.EPOCH);
    assertThat(text(clock.ofBoot(0))).isEqualTo(Instant.EPOCH);
  }

  @Test
  void aClockThatIsSetWhileItIsReadGivesOneOfTheTwoTimes() {
    Instant[] readings = {START, START.plusSeconds(3600)};
    int[] calls = {0};
    WallClock stepping =
        new WallClock(() -> uptime, () -> uptime, () -> readings[calls[0]++ == 2 ? 1 : 0]);
    assertThat(text(stepping.now())).isIn((Object[]) readings);
  }

  @Test
  void theOffsetsOfATimeNamespace() {
    assertThat(
            TimeNamespace.parse(
                List.of("monotonic      100000         5", "boottime   -200000 999999999")))
        .isEqualTo(new TimeNamespace(100_000 * SECOND + 5, -200_000 * SECOND + 999_999_999));
    assertThat(TimeNamespace.parse(List.of("", "monotonic x 0", "tai 1 2", "boottime 1")))
        .isEqualTo(new TimeNamespace(0, 0));
  }
}

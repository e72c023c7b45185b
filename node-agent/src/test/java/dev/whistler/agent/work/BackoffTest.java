package dev.whistler.agent.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BackoffTest {

  @Test
  void waitsTwiceAsLongEachTimeUpToAMinute() {
    assertThat(IntStream.rangeClosed(1, 8).mapToObj(Backoff::after))
        .extracting(Duration::toSeconds)
        .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L);
    assertThat(Backoff.after(Integer.MAX_VALUE)).isEqualTo(Duration.ofMinutes(1));
  }

  /** Five thousand agents hear at the same moment that the API server is back. */
  @Test
  void agentsDoNotComeBackAtOnce() {
    Set<Duration> waits = new HashSet<>();
    for (int agent = 0; agent < 200; agent++) {
      Duration wait = Backoff.spread(4);
      assertThat(wait).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(16));
      waits.add(wait);
    }
    assertThat(waits).hasSizeGreaterThan(100);
  }
}

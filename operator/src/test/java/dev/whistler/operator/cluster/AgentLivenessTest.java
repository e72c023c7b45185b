package dev.whistler.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.operator.model.Liveness;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class AgentLivenessTest {
  private static final Duration LIMIT = Duration.ofSeconds(120);

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5); // it may overflow
  private final AgentLiveness agents = new AgentLiveness(clock::get);

  private void pass(Duration time) {
    clock.addAndGet(time.toNanos());
  }

  /** The Leases are read again and are what they were. */
  private void readAgain() {
    agents.readAgain(agents.toReadAgain());
  }

  @Test
  void anAgentThatRenewsIsAlive() {
    agents.seen("a", "10:00", LIMIT);
    assertThat(agents.of("a")).as("that may be of yesterday").isEqualTo(Liveness.UNHEARD);
    for (int i = 0; i < 10; i++) {
      pass(Duration.ofSeconds(40));
      agents.seen("a", "10:0" + i + ":40", LIMIT);
      assertThat(agents.of("a")).isEqualTo(Liveness.ALIVE);
    }
  }

  @Test
  void anAgentThatDoesNotIsSilentUntilItDoes() {
    agents.seen("a", "1", LIMIT);
    agents.seen("a", "2", LIMIT);
    pass(LIMIT);
    agents.seen("a", "2", LIMIT);
    assertThat(agents.of("a")).isEqualTo(Liveness.ALIVE);
    pass(Duration.ofMillis(1));
    agents.seen("a", "2", LIMIT);
    readAgain();
    assertThat(agents.of("a")).as("the same renewal told again is none").isEqualTo(Liveness.SILENT);
    agents.seen("a", "3", LIMIT);
    assertThat(agents.of("a")).isEqualTo(Liveness.ALIVE);
  }

  @Test
  void whoWasNotAskedForIsNotSilent() {
    agents.seen("a", "1", LIMIT);
    agents.seen("b", "1", LIMIT);
    pass(LIMIT);
    agents.seen("b", "2", LIMIT);
    assertThat(agents.toReadAgain()).as("in time").isEmpty();
    pass(Duration.ofMillis(1));
    assertThat(agents.of("a")).as("the watch may be interrupted").isEqualTo(Liveness.UNHEARD);
    assertThat(agents.toReadAgain()).containsExactly("a");
    assertThat(agents.of("a")).as("the answer is not there yet").isEqualTo(Liveness.UNHEARD);
    agents.readAgain(Set.of("a", "gone"));
    assertThat(agents.of("a")).isEqualTo(Liveness.SILENT);
    assertThat(agents.toReadAgain()).as("once is enough").isEmpty();
  }

  @Test
  void aRenewalThatTheWatchDidNotBringCountsFromWhenItWasRead() {
    agents.seen("a", "1", LIMIT);
    pass(LIMIT.plusSeconds(1));
    Set<String> overdue = agents.toReadAgain();
    agents.seen("a", "2", LIMIT);
    agents.readAgain(overdue);
    assertThat(agents.of("a")).isEqualTo(Liveness.ALIVE);
    pass(LIMIT.plusSeconds(1));
    assertThat(agents.of("a")).as("of the next silence it is asked anew").isEqualTo(Liveness.ALIVE);
    readAgain();
    assertThat(agents.of("a")).isEqualTo(Liveness.SILENT);
  }

  @Test
  void whatTheAgentsClockSaysDoesNotMatter() {
    agents.seen("a", "2099-01-01", LIMIT);
    agents.seen("a", "1970-01-01", LIMIT);
    assertThat(agents.of("a")).isEqualTo(Liveness.ALIVE);
    pass(LIMIT.plusSeconds(1));
    readAgain();
    assertThat(agents.of("a")).isEqualTo(Liveness.SILENT);
  }

  @Test
  void anAgentWithoutALeaseHasItsTimeToo() {
    agents.appeared("a");
    assertThat(agents.of("a")).isEqualTo(Liveness.UNHEARD);
    pass(AgentLiveness.DEFAULT_LIMIT.plusSeconds(1));
    agents.appeared("a");
    readAgain();
    assertThat(agents.of("a")).isEqualTo(Liveness.SILENT);
  }

  @Test
  void aNodeThatComesBackBeginsAnew() {
    agents.seen("a", "1", LIMIT);
    pass(LIMIT.plusSeconds(1));
    readAgain();
    agents.gone("a");
    agents.appeared("a");
    assertThat(agents.of("a")).isEqualTo(Liveness.UNHEARD);
  }

  @Test
  void aLeaseMayNotStateAnyDuration() {
    agents.seen("a", "1", Duration.ofDays(10_000));
    agents.seen("b", "1", Duration.ofSeconds(-1));
    assertThat(agents.of("b")).isEqualTo(Liveness.UNHEARD);
    pass(Duration.ofHours(2));
    readAgain();
    assertThat(agents.of("a")).isEqualTo(Liveness.SILENT);
    assertThat(agents.of("b")).isEqualTo(Liveness.SILENT);
  }
}

package dev.whistler.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whistler.task.Guard;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Delayed;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PacerTest {
  private static final Duration NEVER = Duration.ofHours(1);

  private final ScheduledThreadPoolExecutor timer = Guard.scheduler("pacer-test");
  private final List<String> handedOn = new CopyOnWriteArrayList<>();

  private Pacer<String> pacer(Duration period) {
    return new Pacer<>(period, timer, handedOn::add);
  }

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  /** Runs what waits for the end of a period, without the wait. */
  private void endOfPeriods() {
    for (Object waiting : timer.getQueue().toArray()) {
      assertThat(((Delayed) waiting).getDelay(TimeUnit.MINUTES)).isGreaterThan(50);
      timer.getQueue().remove(waiting);
      ((RunnableScheduledFuture<?>) waiting).run();
    }
  }

  @Test
  void theFirstIsHandedOnAtOnceAndABurstAfterItOnce() {
    Pacer<String> pacer = pacer(NEVER);
    for (int i = 0; i < 5_000; i++) {
      pacer.say("forks");
    }
    pacer.say("execs");
    assertThat(handedOn).containsExactly("forks", "execs");
    endOfPeriods();
    assertThat(handedOn).containsExactly("forks", "execs", "forks");
  }

  @Test
  void whatIsHandedOnLateCountsForTheNextPeriod() {
    Pacer<String> pacer = pacer(NEVER);
    pacer.say("forks");
    pacer.say("forks");
    endOfPeriods();
    pacer.say("forks");
    assertThat(handedOn).hasSize(2);
    endOfPeriods();
    assertThat(handedOn).hasSize(3);
  }

  @Test
  void afterAPeriodWithoutAWordNothingIsKeptAndTheNextOneIsHandedOnAtOnce() {
    Pacer<String> pacer = pacer(NEVER);
    pacer.say("forks");
    endOfPeriods();
    assertThat(timer.getQueue()).isEmpty();
    pacer.say("forks");
    assertThat(handedOn).containsExactly("forks", "forks");
  }

  @Test
  void nothingIsHandedOnAfterTheStop() {
    Pacer<String> pacer = pacer(NEVER);
    timer.shutdownNow();
    pacer.say("forks");
    assertThat(handedOn).isEmpty();
  }

  @Test
  void theTimerEndsThePeriod() {
    Pacer<String> pacer = pacer(Duration.ofMillis(20));
    pacer.say("forks");
    pacer.say("forks");
    await().atMost(Duration.ofSeconds(30)).until(() -> handedOn.size() == 2);
  }
}

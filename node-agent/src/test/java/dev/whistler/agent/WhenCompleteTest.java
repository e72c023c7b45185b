package dev.whistler.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WhenCompleteTest {

  @Test
  void theLastEventMayComeBeforeAllIsThere() throws Exception {
    AtomicBoolean complete = new AtomicBoolean();
    AtomicInteger decidedOnAPart = new AtomicInteger();
    CountDownLatch decided = new CountDownLatch(1);
    try (ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor()) {
      Runnable step =
          new WhenComplete(
              complete::get,
              worker,
              () -> {
                if (!complete.get()) {
                  decidedOnAPart.incrementAndGet();
                }
                decided.countDown();
              });
      worker.submit(step).get();
      worker.submit(step).get();
      assertThat(decided.getCount()).as("nothing is decided yet").isOne();

      complete.set(true);

      assertThat(decided.await(30, TimeUnit.SECONDS)).as("decided without another event").isTrue();
      assertThat(decidedOnAPart).hasValue(0);
      worker.shutdownNow();
    }
  }
}

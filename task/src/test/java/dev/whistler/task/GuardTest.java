package dev.whistler.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a task throws is told, whatever way the task was given to whichever executor. */
final class GuardTest {

  private final Logger log = Logger.getLogger(Guard.class.getName());
  private final List<Throwable> told = new CopyOnWriteArrayList<>();
  private final Handler listener =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          told.add(line.getThrown());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    log.addHandler(listener);
  }

  @AfterEach
  void stopListening() {
    log.removeHandler(listener);
  }

  @Test
  void aSchedulerTellsAndGoesOn() throws Exception {
    CountDownLatch after = new CountDownLatch(1);
    try (ScheduledThreadPoolExecutor scheduler = Guard.scheduler("test")) {
      scheduler.execute(() -> fail(1));
      var _ = scheduler.schedule(() -> fail(2), 1, TimeUnit.MILLISECONDS);
      var _ =
          scheduler.submit(
              () -> {
                throw new StackOverflowError("3");
              });
      var _ = scheduler.schedule(after::countDown, 20, TimeUnit.MILLISECONDS);
      assertThat(after.await(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(told).extracting(Throwable::getMessage).containsExactlyInAnyOrder("1", "2", "3");
  }

  @Test
  void whatRunsAgainAndAgainGoesOnAndEachFailureIsToldAndCountedOnce() throws Exception {
    CountDownLatch fourth = new CountDownLatch(4);
    List<String> failures = new CopyOnWriteArrayList<>();
    try (ScheduledThreadPoolExecutor scheduler = Guard.scheduler("test", failures::add)) {
      var _ =
          scheduler.scheduleWithFixedDelay(
              () -> {
                fourth.countDown();
                if (fourth.getCount() == 3 || fourth.getCount() == 2) {
                  fail(Math.toIntExact(fourth.getCount()));
                }
              },
              0,
              1,
              TimeUnit.MILLISECONDS);
      assertThat(fourth.await(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(told).extracting(Throwable::getMessage).containsExactly("3", "2");
    assertThat(failures).containsExactly("test", "test");
  }

  @Test
  void nothingThatWaitsForItsTimeOutlivesASchedulersEnd() throws Exception {
    List<String> done = new CopyOnWriteArrayList<>();
    ScheduledThreadPoolExecutor scheduler = Guard.scheduler("test");
    var _ = scheduler.schedule(() -> done.add("late"), 300, TimeUnit.MILLISECONDS);
    scheduler.shutdown();
    assertThat(scheduler.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    assertThat(done).isEmpty();
    assertThat(told).isEmpty();
  }

  @Test
  void aThreadOfATaskTellsToo() {
    Guard.threads("test").execute(() -> fail(4));
    await().until(() -> told.size() == 1);
    assertThat(told).extracting(Throwable::getMessage).containsExactly("4");
  }

  private static void fail(int number) {
    throw new IllegalStateException(Integer.toString(number));
  }
}

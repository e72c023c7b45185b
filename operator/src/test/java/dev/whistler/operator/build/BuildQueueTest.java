package dev.whistler.operator.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.api.CompilationOptions.Tier;
import dev.whistler.operator.build.BuildQueue.Job;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class BuildQueueTest {
  private final AtomicLong nanos = new AtomicLong();
  private final BuildQueue queue = new BuildQueue(3, 1, nanos::get);

  @Test
  void programsTakeTurnsHoweverManyKernelsTheyHave() throws InterruptedException {
    want(Priority.RECONCILE, "a", "1", "k1", "k2", "k3");
    want(Priority.RECONCILE, "b", "1", "k1");

    assertThat(order(4)).containsExactly("a/k1", "b/k1", "a/k2", "a/k3");
  }

  @Test
  void whoWaitsAtATerminalComesFirst() throws InterruptedException {
    want(Priority.RECONCILE, "a", "1", "k1", "k2");
    want(Priority.ADMISSION, "b", "1", "k1");

    assertThat(order(3)).containsExactly("b/k1", "a/k1", "a/k2");
  }

  @Test
  void noTwoAreAtOneUnit() throws InterruptedException {
    want(Priority.RECONCILE, "a", "1", "k1", "k2");
    want(Priority.ADMISSION, "a", "1", "k1");
    want(Priority.RECONCILE, "b", "1", "k1");

    Job first = queue.take();
    assertThat(first.request().program()).isEqualTo("a");
    assertThat(queue.take().request().program()).isEqualTo("b");
  }

  @Test
  void aNewerSpecHasThePlaceOfTheOlderOne() throws InterruptedException {
    want(Priority.RECONCILE, "a", "1", "k1");
    want(Priority.RECONCILE, "b", "1", "k1");
    want(Priority.RECONCILE, "a", "2", "k1");

    Job first = queue.take();
    assertThat(first.request().program()).isEqualTo("a");
    assertThat(first.request().unit().text()).isEqualTo("2");
    assertThat(queue.length()).isEqualTo(2);
  }

  /** An edit that is taken back while its compilation is being cancelled. */
  @Test
  void whatWasCancelledAndIsWantedAgainIsDoneAgain() throws InterruptedException {
    want(Priority.RECONCILE, "a", "1", "k1");
    Job job = queue.take();
    want(Priority.RECONCILE, "a", "2", "k1");
    assertThat(job.isCancelled()).isTrue();
    want(Priority.RECONCILE, "a", "1", "k1");

    assertThat(queue.done(job, false)).isFalse();
    assertThat(queue.take().request().unit().text()).isEqualTo("1");
  }

  @Test
  void whatIsInWorkIsNotQueuedOnceMore() throws InterruptedException {
    want(Priority.RECONCILE, "a", "1", "k1");
    Job job = queue.take();
    want(Priority.RECONCILE, "a", "1", "k1");

    assertThat(queue.done(job, false)).isTrue();
    assertThat(queue.length()).isZero();
  }

  @Test
  void theSlowNeverHaveAllWorkers() throws InterruptedException {
    queue.want(Priority.RECONCILE, request("a", "1"), List.of("k1"), true);
    queue.want(Priority.RECONCILE, request("b", "1"), List.of("k1"), true);
    want(Priority.RECONCILE, "c", "1", "k1");

    assertThat(queue.take().request().program()).isEqualTo("a");
    assertThat(queue.take().request().program()).isEqualTo("c");
  }

  @Test
  void whatTurnsOutToBeSlowIsDoneAgainAsSuch() throws InterruptedException {
    want(Priority.RECONCILE, "a", "1", "k1");
    Job job = queue.take();
    assertThat(job.isSlow()).isFalse();
    queue.done(job, true);

    assertThat(queue.take().isSlow()).isTrue();
  }

  @Test
  void aFullQueueTakesNobodyElse() {
    for (String program : List.of("a", "b", "c")) {
      assertThat(want(Priority.RECONCILE, program, "1", "k1")).isPresent();
    }
    assertThat(want(Priority.RECONCILE, "d", "1", "k1")).isEmpty();
    assertThat(want(Priority.RECONCILE, "a", "2", "k1")).isPresent();
  }

  @Test
  void itIsKnownHowLongAProgramHasWaited() {
    want(Priority.RECONCILE, "a", "1", "k1");
    nanos.addAndGet(Duration.ofSeconds(3).toNanos());

    assertThat(want(Priority.RECONCILE, "a", "2", "k1")).contains(Duration.ofSeconds(3));
    assertThat(want(Priority.RECONCILE, "a", "2")).isEmpty();
    assertThat(queue.length()).isZero();
  }

  private List<String> order(int jobs) throws InterruptedException {
    List<String> order = new ArrayList<>();
    for (int i = 0; i < jobs; i++) {
      Job job = queue.take();
      order.add(job.request().program() + "/" + job.kernel());
      queue.done(job, false);
    }
    return order;
  }

  private Optional<Duration> want(
      Priority priority, String program, String text, String... kernels) {
    return queue.want(priority, request(program, text), List.of(kernels), false);
  }

  private static BuildQueue.Request request(String program, String text) {
    SourceUnit unit = new SourceUnit(program, text, Tier.OBSERVE, Map.of());
    return new BuildQueue.Request(unit, unit.digest(), List.of());
  }
}

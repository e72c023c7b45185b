package dev.whistler.compiler.reference;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Many comparisons on all processors, until enough failed or the time is over. */
final class Campaign {
  /** {@code -Dwhistler.random.minutes} bounds all campaigns together. */
  private static final Duration TIME =
      Duration.ofMinutes(Integer.getInteger("whistler.random.minutes", 29));

  private static final int MOST_FAILURES = Integer.getInteger("whistler.random.failures", 3);

  private Campaign() {}

  /** One comparison; an explanation if it failed. */
  interface Trial {
    Optional<String> run(Comparison comparison, int index);
  }

  /**
   * What came out.
   *
   * @param done trials that were made
   * @param failures their explanations
   */
  record Summary(int done, List<String> failures) {}

  /**
   * Makes the trials 0 to {@code trials - 1}.
   *
   * @param share of the time for all campaigns, in percent
   */
  static Summary run(int trials, int share, Trial trial)
      throws InterruptedException, ExecutionException {
    long end = System.nanoTime() + TIME.toNanos() / 100 * share;
    AtomicInteger next = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    Callable<Void> work =
        () -> {
          try (Comparison comparison = new Comparison()) {
            int index;
            while (System.nanoTime() < end
                && failures.size() < MOST_FAILURES
                && (index = next.getAndIncrement()) < trials) {
              trial.run(comparison, index).ifPresent(failures::add);
              done.incrementAndGet();
            }
          }
          return null;
        };
    int workers = Runtime.getRuntime().availableProcessors();
    try (ExecutorService threads = Executors.newFixedThreadPool(workers)) {
      List<Future<Void>> results = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        results.add(threads.submit(work));
      }
      for (Future<Void> result : results) {
        result.get();
      }
    }
    return new Summary(done.get(), List.copyOf(failures));
  }
}

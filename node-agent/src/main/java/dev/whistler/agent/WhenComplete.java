package dev.whistler.agent;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A step that must see all of something, not a part of it. Informers tell of the objects of their
 * first answer before they say that it is whole, so the last event may come too early for the step,
 * and be the last for hours: called too early, the step looks again by itself.
 */
final class WhenComplete implements Runnable {
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  private final BooleanSupplier complete;
  private final ScheduledExecutorService worker;
  private final Runnable step;
  private boolean waiting;

  /**
   * @param complete whether the step may run
   * @param worker a single thread, the one that calls {@link #run}
   * @param step what to do then
   */
  WhenComplete(BooleanSupplier complete, ScheduledExecutorService worker, Runnable step) {
    this.complete = complete;
    this.worker = worker;
    this.step = step;
  }

  @Override
  public void run() {
    if (complete.getAsBoolean()) {
      step.run();
    } else if (!waiting) {
      waiting = true;
      try {
        var _ = worker.schedule(this::again, LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException closing) {
        // The agent stops: there is nothing left to decide.
      }
    }
  }

  private void again() {
    waiting = false;
    run();
  }
}

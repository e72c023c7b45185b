package dev.whistler.task;

import java.lang.System.Logger.Level;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The one way to run something aside: what it throws reaches the log, and what follows goes on. */
public final class Guard {
  private static final System.Logger LOG = System.getLogger(Guard.class.getName());

  private Guard() {}

  /**
   * A thread that works off tasks in their order, now, later or again and again. Its end drops
   * those that wait for their time: nothing happens after a stop.
   *
   * @param name of the thread
   */
  public static ScheduledThreadPoolExecutor scheduler(String name) {
    return scheduler(name, failed -> {});
  }

  /**
   * The same, for whoever counts failures.
   *
   * @param name of the thread
   * @param failures gets the name once for each task that throws; must not throw
   */
  public static ScheduledThreadPoolExecutor scheduler(String name, Consumer<String> failures) {
    return new Scheduler(name, failures);
  }

  /**
   * A thread for each task that is given to it, so that none waits for another.
   *
   * @param name of the threads, before their number
   */
  public static Executor threads(String name) {
    Thread.Builder builder = Thread.ofPlatform().name(name + "-", 0).daemon();
    // Loading is system calls, which would hold on to the carriers of virtual threads.
    return task -> builder.start(() -> told(task));
  }

  private static void told(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      tell(e);
    }
  }

  private static void tell(Throwable thrown) {
    LOG.log(
        Level.ERROR,
        "A task of " + Thread.currentThread().getName() + " failed; those behind it go on.",
        thrown);
  }

  private static final class Scheduler extends ScheduledThreadPoolExecutor {
    private final String name;
    private final Consumer<String> failures;

    Scheduler(String name, Consumer<String> failures) {
      super(1, Thread.ofPlatform().name(name).daemon().factory());
      this.name = name;
      this.failures = failures;
      setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
      setRemoveOnCancelPolicy(true);
    }

    /** The library never again runs what has thrown once. */
    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(
        Runnable task, long first, long delay, TimeUnit unit) {
      return super.scheduleWithFixedDelay(() -> counted(task), first, delay, unit);
    }

    /** The library never again runs what has thrown once. */
    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(
        Runnable task, long first, long period, TimeUnit unit) {
      return super.scheduleAtFixedRate(() -> counted(task), first, period, unit);
    }

    private void counted(Runnable task) {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        failed(e);
      }
    }

    private void failed(Throwable thrown) {
      tell(thrown);
      failures.accept(name);
    }

    @Override
    protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
      if (thrown != null) {
        failed(thrown);
      } else if (task instanceof Future<?> future && future.isDone()) {
        try {
          var _ = future.get();
        } catch (ExecutionException e) {
          failed(e.getCause() == null ? e : e.getCause());
        } catch (CancellationException cancelled) {
          // Nothing failed.
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }
}

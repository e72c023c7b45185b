package dev.whistler.agent.task;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The one way to run something aside: what it throws reaches the log, and what follows goes on. */
public final class Guard {
  private static final Logger LOG = Logger.getLogger(Guard.class);

  private Guard() {}

  /**
   * A thread that works off tasks in their order, now or later. Its end drops those that wait for
   * their time: nothing happens after a stop.
   *
   * @param name of the thread
   */
  public static ScheduledThreadPoolExecutor scheduler(String name) {
    return new Scheduler(name);
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
    LOG.errorf(thrown, "A task of %s failed; those behind it go on.", Thread.currentThread());
  }

  private static final class Scheduler extends ScheduledThreadPoolExecutor {
    Scheduler(String name) {
      super(1, Thread.ofPlatform().name(name).daemon().factory());
      setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
      setRemoveOnCancelPolicy(true);
    }

    @Override
    protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
      if (thrown != null) {
        tell(thrown);
      } else if (task instanceof Future<?> future && future.isDone()) {
        try {
          var _ = future.get();
        } catch (ExecutionException e) {
          tell(e.getCause() == null ? e : e.getCause());
        } catch (CancellationException cancelled) {
          // Nothing failed.
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }
}

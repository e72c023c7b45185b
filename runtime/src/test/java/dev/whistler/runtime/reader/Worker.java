package dev.whistler.runtime.reader;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A thread that does what it is told, one thing after the other. */
final class Worker implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Runnable END = () -> {};

  private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
  private final Thread thread;
  private final int id;

  private Worker(boolean reader) throws Exception {
    if (reader) {
      ReaderThread made = new ReaderThread("reader", this::work);
      made.start();
      thread = made.thread();
    } else {
      thread = Thread.ofPlatform().daemon().name("other").start(this::work);
    }
    id = call(() -> CurrentThread.id().orElseThrow());
  }

  /** One that counts as a reader. */
  static Worker reader() throws Exception {
    return new Worker(true);
  }

  /** One that does not. */
  static Worker other() throws Exception {
    return new Worker(false);
  }

  private void work() {
    try {
      Runnable task = tasks.take();
      while (task != END) {
        task.run();
        task = tasks.take();
      }
    } catch (InterruptedException _) {
      // nobody does
    }
  }

  FutureTask<?> begin(Runnable action) {
    FutureTask<?> task = new FutureTask<>(action, null);
    tasks.add(task);
    return task;
  }

  <T> T call(Callable<T> action) throws Exception {
    FutureTask<T> task = new FutureTask<>(action);
    tasks.add(task);
    return task.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  /** Its id as programs see it. */
  int id() {
    return id;
  }

  @Override
  public void close() throws InterruptedException {
    tasks.add(END);
    if (!thread.join(LIMIT)) {
      throw new IllegalStateException(thread.getName() + " does not end");
    }
  }
}

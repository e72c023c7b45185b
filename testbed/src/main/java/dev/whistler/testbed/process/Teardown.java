package dev.whistler.testbed.process;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * What has to be undone, last first, exactly once: at {@link #close}, or when the JVM is asked to
 * end. Something that fails half way closes it and leaves nothing behind.
 */
public final class Teardown implements AutoCloseable {

  /** One thing to undo. It bounds its own waits. */
  @FunctionalInterface
  public interface Action {
    void run() throws Exception;
  }

  private record Step(String what, Action action) {}

  /** Those that are not closed, last made first: what it stands on is made before it. */
  private static final Deque<Teardown> OPEN = new ConcurrentLinkedDeque<>();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(Teardown::closeAll, "teardown"));
  }

  private final Deque<Step> steps = new ArrayDeque<>();
  private boolean closed;

  public Teardown() {
    OPEN.push(this);
  }

  /** Remembers {@code action}; {@code what} names it if it fails. */
  public synchronized void add(String what, Action action) {
    if (closed) {
      throw new IllegalStateException("Already torn down: " + what + " cannot be added.");
    }
    steps.push(new Step(what, action));
  }

  /** One after the other: a cluster stays until what was installed in it is gone. */
  private static void closeAll() {
    for (Teardown open = OPEN.peek(); open != null; open = OPEN.peek()) {
      try {
        open.close();
      } catch (RuntimeException e) {
        System.err.println("whistler: " + e.getMessage() + " " + e.getCause());
      }
    }
  }

  /** Undoes everything; a step that fails does not stop the others and is reported at the end. */
  @Override
  public void close() {
    List<Step> todo;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      OPEN.remove(this);
      todo = new ArrayList<>(steps);
    }
    RuntimeException failure = null;
    for (Step step : todo) {
      try {
        step.action().run();
      } catch (Exception e) {
        if (e instanceof InterruptedException) {
          Thread.currentThread().interrupt();
        }
        RuntimeException wrapped =
            new IllegalStateException("Could not undo: " + step.what() + ".", e);
        if (failure == null) {
          failure = wrapped;
        } else {
          failure.addSuppressed(wrapped);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}

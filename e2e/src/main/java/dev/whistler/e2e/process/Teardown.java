package dev.whistler.e2e.process;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

  private final Deque<Step> steps = new ArrayDeque<>();
  private @Nullable Thread hook;
  private boolean closed;

  public Teardown(String name) {
    Thread thread = new Thread(this::closeAtShutdown, "teardown-" + name);
    Runtime.getRuntime().addShutdownHook(thread);
    hook = thread;
  }

  /** Remembers {@code action}; {@code what} names it if it fails. */
  public synchronized void add(String what, Action action) {
    if (closed) {
      throw new IllegalStateException("Already torn down: " + what + " cannot be added.");
    }
    steps.push(new Step(what, action));
  }

  /** Undoes nothing, now or later: whoever asked for this takes over. */
  public synchronized void abandon() {
    closed = true;
    if (hook != null) {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }

  private void closeAtShutdown() {
    synchronized (this) {
      hook = null;
    }
    close();
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
      todo = new ArrayList<>(steps);
      if (hook != null) {
        Runtime.getRuntime().removeShutdownHook(hook);
      }
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

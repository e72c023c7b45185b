package dev.whistler.runtime.load;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was opened so far, closed in reverse order; the failure of one does not keep the others. */
public final class Resources implements AutoCloseable {
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /** Owns a resource from now on. */
  public <T extends AutoCloseable> T own(T resource) {
    open.push(resource);
    return resource;
  }

  /** Those of a type, in the order in which they were opened. */
  public <T> List<T> ofType(Class<T> type) {
    return open.reversed().stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Override
  public void close() {
    RuntimeException failure = null;
    while (!open.isEmpty()) {
      failure = closeOne(open.pop(), failure);
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static @Nullable RuntimeException closeOne(
      AutoCloseable resource, @Nullable RuntimeException earlier) {
    try {
      resource.close();
      return earlier;
    } catch (Exception e) {
      RuntimeException failure =
          earlier != null ? earlier : new IllegalStateException("cannot release " + resource, e);
      if (earlier != null) {
        failure.addSuppressed(e);
      }
      return failure;
    }
  }
}

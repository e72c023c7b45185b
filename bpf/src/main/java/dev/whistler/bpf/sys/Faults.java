package dev.whistler.bpf.sys;

import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes system calls fail on purpose, so that a test can walk through every failure half way of a
 * load or an attach. Nothing is installed outside tests; the cost is one static field read a call.
 */
public final class Faults {
  private static volatile @Nullable ToIntFunction<String> plan;

  private Faults() {}

  /**
   * Installs a plan for the whole process until the returned object is closed.
   *
   * @param plan called before each system call with what is about to be done; 0 lets it pass, an
   *     error number makes it fail with that number and without being executed
   */
  public static AutoCloseable install(ToIntFunction<String> plan) {
    Faults.plan = plan;
    return () -> Faults.plan = null;
  }

  static int next(String action) {
    ToIntFunction<String> current = plan;
    return current == null ? 0 : current.applyAsInt(action);
  }
}

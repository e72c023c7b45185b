package dev.whistler.compiler.api;

/**
 * Asked now and then during a compilation whether it may go on. Owned by the caller: the compiler
 * itself reads no clock. May be asked from the compiling thread only; an implementation may be
 * changed from other threads.
 */
@FunctionalInterface
public interface Budget {
  /** Goes on for ever. */
  Budget UNLIMITED = () -> false;

  /**
   * Whether the time is used up or the caller cancelled; the compilation then ends with {@code
   * E-BUDGET}.
   */
  boolean exhausted();
}

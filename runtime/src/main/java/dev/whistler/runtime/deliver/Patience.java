package dev.whistler.runtime.deliver;

import dev.whistler.runtime.account.LossReason;

/** How long the reader of the rings waits for room in the queue of a sink. */
public interface Patience {
  /**
   * Nanoseconds that the reader goes on waiting, 0 or less: no longer. Asked before each wait and
   * again every few milliseconds of it.
   */
  long waitNanos();

  /** Why what finds no room is lost. */
  LossReason refusal();
}

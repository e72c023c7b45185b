package dev.whistler.runtime;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread of this process that calls kill(2) on the process, with signal 0: several times as fast
 * as a shell. What else kills from this process is counted too, so a test must not.
 */
final class SelfKiller implements Producer {
  private static final MethodHandle KILL =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("kill"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  private static final int PID = (int) ProcessHandle.current().pid();
  private static final long LIMIT_SECONDS = 300;
  private static final int BURST = 64;

  private final long callsPerSecond;
  private CompletableFuture<Void> calling = CompletableFuture.completedFuture(null);
  private volatile double lastRate;

  private SelfKiller(long callsPerSecond) {
    this.callsPerSecond = callsPerSecond;
  }

  /** At most at this rate, in bursts of 64; the highest number is as fast as it can. */
  static SelfKiller paced(long callsPerSecond) {
    return new SelfKiller(callsPerSecond);
  }

  @Override
  public void begin(int calls) {
    CompletableFuture<Void> end = new CompletableFuture<>();
    calling = end;
    Thread.ofPlatform()
        .daemon()
        .name("killer")
        .start(
            () -> {
              try {
                call(calls);
                end.complete(null);
              } catch (RuntimeException | Error e) {
                end.completeExceptionally(e);
              }
            });
  }

  private void call(int calls) {
    long begin = System.nanoTime();
    for (int done = 0; done < calls; done++) {
      if (done % BURST == 0 && callsPerSecond != Long.MAX_VALUE) {
        long due = begin + done * 1_000_000_000L / callsPerSecond;
        LockSupport.parkNanos(due - System.nanoTime());
      }
      try {
        int ignored = (int) KILL.invokeExact(PID, 0);
      } catch (Throwable t) {
        throw new IllegalStateException(t);
      }
    }
    lastRate = calls * 1e9 / (System.nanoTime() - begin);
  }

  /** Calls a second that were made, of those that ended last. */
  double lastRate() {
    return lastRate;
  }

  @Override
  public void await() {
    try {
      calling.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the calls did not end", e);
    }
  }

  @Override
  public void close() {
    await();
  }
}

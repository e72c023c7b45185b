package dev.whistler.bpf;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * Runs a test on a thread with a network namespace of its own, which ends with the thread: its
 * loopback interface is up, and nothing of the machine's network is touched. Commands started from
 * the thread are in the namespace too.
 */
public final class PrivateNetwork {
  private static final int CLONE_NEWNET = 0x40000000;
  private static final long LIMIT_SECONDS = 60;

  private PrivateNetwork() {}

  /** Runs the action and hands on what it throws. */
  public static void run(Callable<Void> action) throws Exception {
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              unshare();
              command("ip", "link", "set", "lo", "up");
              return action.call();
            });
    Thread thread = new Thread(task, "private-network");
    thread.start();
    try {
      task.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      switch (e.getCause()) {
        case Exception cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw e;
      }
    }
  }

  /** Runs a command in the namespace. */
  public static void command(String... words) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IllegalStateException(String.join(" ", words) + ": " + output);
    }
  }

  private static void unshare() {
    Linker linker = Linker.nativeLinker();
    try {
      int result =
          (int)
              linker
                  .downcallHandle(
                      linker.defaultLookup().findOrThrow("unshare"),
                      FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
                  .invokeExact(CLONE_NEWNET);
      if (result != 0) {
        throw new IllegalStateException("unshare failed");
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable t) {
      throw new IllegalStateException(t);
    }
  }
}

package dev.whistler.testbed.workload;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * System calls that bear consecutive numbers, at a steady rate: every event of them can be told
 * from every other, so that what is missing or doubled in a sink has a number. The call is {@code
 * getpgid} with a pid that no process can have.
 */
public final class NumberedCalls implements AutoCloseable {

  /** The first number; above every pid (the kernel's limit is 4,194,304). */
  public static final int FIRST = 0x4000_0000;

  private static final String SOURCE =
      """
      (deftracepoint syscalls/sys-enter-getpgid pid)
      (defstruct call (ts u64) (number u32))
      (defmap calls :type :ringbuf :max-entries %d :record call)
      (defprog on-call (:type :tracepoint :section "tracepoint/syscalls/sys_enter_getpgid")
        (let ((number (cast u32 (tp-pid))))
          (when (>= number #x40000000)
            (with-ringbuf (e calls (sizeof call))
              (setf (call-ts e) (ktime-get-ns)
                    (call-number e) number))))
        0)
      """;

  /**
   * A program with one record of 24 bytes per call, whose field {@code number} is the call's
   * number.
   *
   * @param ringBytes size of its ring {@code calls}, a power of two and of pages
   */
  public static String source(int ringBytes) {
    return SOURCE.formatted(ringBytes);
  }

  private static final MethodHandle GETPGID =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("getpgid"),
              FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  private static final Duration END_LIMIT = Duration.ofSeconds(10);
  // Short enough for a ring, long enough that sleeping is exact.
  private static final int BURSTS_PER_SECOND = 100;

  private final Thread thread;
  private volatile boolean ending;
  private volatile int next = FIRST;

  private NumberedCalls(int perSecond) {
    thread = Thread.ofPlatform().name("numbered-calls").daemon().start(() -> run(perSecond));
  }

  /** Starts a thread that makes so many calls a second, as nearly as the machine lets it. */
  public static NumberedCalls start(int perSecond) {
    return new NumberedCalls(perSecond);
  }

  private void run(int perSecond) {
    long begin = System.nanoTime();
    while (!ending) {
      long due = FIRST + (System.nanoTime() - begin) * perSecond / 1_000_000_000L;
      for (int number = next; number < due; number++) {
        call(number);
        next = number + 1;
      }
      LockSupport.parkNanos(1_000_000_000L / BURSTS_PER_SECOND);
    }
  }

  private static void call(int number) {
    try {
      int group = (int) GETPGID.invokeExact(number);
      if (group != -1) {
        throw new IllegalStateException("No process can have pid " + number + ".");
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("getpgid cannot be called.", e);
    }
  }

  /** How many calls there have been. */
  public int count() {
    return next - FIRST;
  }

  /** Ends the calls; {@link #count} is final then. */
  @Override
  public void close() {
    ending = true;
    try {
      if (!thread.join(END_LIMIT)) {
        throw new IllegalStateException("The thread that makes calls does not end.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

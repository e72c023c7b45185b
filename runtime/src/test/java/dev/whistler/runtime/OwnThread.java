package dev.whistler.runtime;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Runs a test on a thread that has mounts, a network or rights of its own: these belong to threads
 * in Linux, and threads and processes that it starts inherit them. All of it ends with the thread.
 */
public final class OwnThread {
  private static final int CLONE_NEWNS = 0x00020000;
  private static final int CLONE_NEWNET = 0x40000000;
  private static final int MS_RDONLY = 1;
  private static final int MS_REMOUNT = 32;
  private static final int MS_REC = 16384;
  private static final int MS_PRIVATE = 1 << 18;
  private static final long CAPSET = 126; // x86-64
  private static final int CAPABILITY_VERSION_3 = 0x20080522;

  /** A bound for those that set none; the time limit of a test interrupts the wait before. */
  private static final Duration LIMIT = Duration.ofMinutes(30);

  /** An action that is told to end leaves nothing running beside the next test. */
  private static final Duration END_LIMIT = Duration.ofSeconds(30);

  private OwnThread() {}

  /** Rights of a process, by the numbers of include/uapi/linux/capability.h. */
  public enum Capability {
    NET_ADMIN(12),
    SYS_ADMIN(21),
    PERFMON(38),
    BPF(39);

    private final int number;

    Capability(int number) {
      this.number = number;
    }
  }

  /** Runs the action where tracefs is mounted and loopback is the only interface. */
  static <T> T inNamespaces(Callable<T> action) throws Exception {
    return onThread(
        () -> {
          int namespaces = CLONE_NEWNS | CLONE_NEWNET;
          call("unshare", function("unshare", ValueLayout.JAVA_INT), namespaces);
          mount("none", Path.of("/"), null, MS_REC | MS_PRIVATE);
          mount("tracefs", Path.of("/sys/kernel/tracing"), "tracefs", 0);
          command("ip", "link", "set", "lo", "up");
          return action.call();
        });
  }

  /** Runs the action with no other capability than these. */
  public static <T> T withCapabilities(Set<Capability> capabilities, Callable<T> action)
      throws Exception {
    return onThread(
        () -> {
          long bits = capabilities.stream().mapToLong(c -> 1L << c.number).sum();
          keepOnly(bits);
          return action.call();
        });
  }

  private static <T> T onThread(Callable<T> action) throws Exception {
    FutureTask<T> task = new FutureTask<>(action);
    Thread thread = Thread.ofPlatform().name("own-thread").start(task);
    try {
      return task.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException | TimeoutException e) {
      task.cancel(true);
      thread.join(END_LIMIT);
      throw e;
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case Exception cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw e;
      }
    }
  }

  /** Mounts a new BPF file system in the mounts of this thread. */
  static void mountBpf(Path directory) {
    mount("bpf", directory, "bpf", 0);
  }

  /** Makes a mount of this thread read-only. */
  static void makeReadOnly(Path directory) {
    mount("none", directory, null, MS_REMOUNT | MS_RDONLY);
  }

  private static void mount(String source, Path directory, @Nullable String type, long flags) {
    try (Arena arena = Arena.ofConfined()) {
      call(
          "mount at " + directory,
          function(
              "mount",
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG,
              ValueLayout.ADDRESS),
          arena.allocateFrom(source),
          arena.allocateFrom(directory.toString()),
          type == null ? MemorySegment.NULL : arena.allocateFrom(type),
          flags,
          MemorySegment.NULL);
    }
  }

  /** Sets the permitted and effective capabilities of this thread; none is inheritable. */
  private static void keepOnly(long bits) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment header = arena.allocate(8, 8);
      header.set(ValueLayout.JAVA_INT, 0, CAPABILITY_VERSION_3);
      MemorySegment data = arena.allocate(24, 8); // twice: effective, permitted, inheritable
      for (int half = 0; half < 2; half++) {
        int word = (int) (bits >>> (32 * half));
        data.set(ValueLayout.JAVA_INT, 12 * half, word);
        data.set(ValueLayout.JAVA_INT, 12 * half + 4, word);
      }
      Linker linker = Linker.nativeLinker();
      call(
          "capset",
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("syscall"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.ADDRESS,
                  ValueLayout.ADDRESS),
              Linker.Option.firstVariadicArg(1)),
          CAPSET,
          header,
          data);
    }
  }

  /** Runs a command in the namespaces of this thread. */
  static void command(String... words) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IllegalStateException(String.join(" ", words) + ": " + output);
    }
  }

  private static MethodHandle function(String name, ValueLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
  }

  private static void call(String what, MethodHandle function, Object... arguments) {
    try {
      if ((int) function.invokeWithArguments(arguments) != 0) {
        throw new IllegalStateException(what + " failed");
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable t) {
      throw new IllegalStateException(t);
    }
  }
}

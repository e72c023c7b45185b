package dev.whistler.runtime;

import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.Faults;
import dev.whistler.runtime.deliver.SinkSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A process of its own that runs a pinned program and sends itself SIGKILL before a chosen system
 * call of an update or of leaving. It is started early, so that starting it costs no time when it
 * is its turn.
 */
final class KilledProcess implements AutoCloseable {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final int SIGKILL = 9;

  /** Calls that change what is pinned. */
  private static final Pattern CHANGES = Pattern.compile("make the directory|remove |pin at ");

  private final Process process;
  private final BufferedReader output;

  KilledProcess(UpdateKills.Kind kind, Path objects, Path pins, Path sink) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx64m",
            "-Xshare:auto"));
    command.addAll(ConsumerProcess.classCache());
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            KilledProcess.class.getName(),
            kind.name(),
            objects.toString(),
            pins.toString(),
            sink.toString(),
            Long.toString(ProcessHandle.current().pid())));
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
  }

  /** Starts revision 1 of the program. */
  void begin() throws IOException {
    send("begin");
    String answer = output.readLine();
    if (!"ready".equals(answer)) {
      throw new IOException("the process said " + answer + " in place of ready");
    }
  }

  /**
   * The system calls of an update or of leaving.
   *
   * @param all how many there are
   * @param pinning number of the first that changes what is pinned, from 1
   */
  record Calls(int all, int pinning) {}

  /**
   * Updates or leaves.
   *
   * @param step number of the system call before which it ends, from 1
   * @return what calls there are, if it came to the end; null if it was killed
   */
  @Nullable Calls go(String what, int step) throws IOException, InterruptedException {
    send(what + " " + step);
    String answer = output.readLine();
    if (answer == null) {
      awaitEnd();
      return null;
    }
    String[] numbers = answer.split(" ", 2);
    return new Calls(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]));
  }

  /** Lets it end by SIGKILL, which it sends itself: calls of this process are counted. */
  void end() throws IOException, InterruptedException {
    send("end");
    awaitEnd();
  }

  private void awaitEnd() throws IOException, InterruptedException {
    if (!process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)) {
      throw new IOException("the process did not end");
    }
  }

  private void send(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    process.getOutputStream().flush();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Arguments as given by the constructor. */
  public static void main(String[] arguments) throws Exception {
    UpdateKills.Kind kind = UpdateKills.Kind.valueOf(arguments[0]);
    Path objects = Path.of(arguments[1]);
    Path pins = Path.of(arguments[2]);
    SinkSpec sink = new SinkSpec.File(Path.of(arguments[3]));
    long pid = Long.parseLong(arguments[4]);
    byte[] first = Files.readAllBytes(objects.resolve("1"));
    byte[] second = Files.readAllBytes(objects.resolve("2"));
    MethodHandle kill =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("kill"),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    int self = Math.toIntExact(ProcessHandle.current().pid());
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    if (commands.readLine() == null) {
      return;
    }
    AtomicInteger calls = new AtomicInteger(Integer.MIN_VALUE);
    AtomicInteger last = new AtomicInteger();
    AtomicInteger pinning = new AtomicInteger();
    var _ =
        Faults.install(
            action -> {
              int call = calls.incrementAndGet();
              if (call == last.get()) {
                kill(kill, self);
              }
              if (call > 0 && CHANGES.matcher(action).lookingAt()) {
                pinning.compareAndSet(0, call);
              }
              return kind.withoutLinks(action) ? Errno.EINVAL.number() : 0;
            });
    RunningProgram program = Runtime.start(UpdateKills.request(kind, first, 1, pins, sink, pid));
    System.out.println("ready");
    String[] command = commands.readLine().split(" ", 2);
    last.set(Integer.parseInt(command[1]));
    calls.set(0);
    if (command[0].equals("update")) {
      var _ = Runtime.update(program, UpdateKills.request(kind, second, 2, pins, sink, pid));
    } else {
      program.leave(Duration.ofMillis(200));
    }
    int done = calls.getAndSet(Integer.MIN_VALUE);
    System.out.println(done + " " + Math.max(1, pinning.get()));
    commands.readLine();
    kill(kill, self);
  }

  private static void kill(MethodHandle kill, int self) {
    try {
      int ignored = (int) kill.invokeExact(self, SIGKILL);
    } catch (Throwable t) {
      throw new IllegalStateException(t);
    }
  }
}

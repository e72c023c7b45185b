package dev.whistler.runtime;

import dev.whistler.runtime.account.ProgramCounters;
import dev.whistler.runtime.account.RingCounters;
import dev.whistler.runtime.deliver.SinkSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A process of its own that runs a pinned program, to be stopped, killed and replaced. */
final class ConsumerProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;
  private final double startMillis;

  /**
   * Starts one and waits until it reads.
   *
   * @param object file with the object
   * @param killed processes whose kill calls are reported
   */
  ConsumerProcess(Path object, Path pins, long revision, List<Long> killed, List<Path> sinks)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx128m"));
    command.addAll(classCache());
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            ConsumerProcess.class.getName(),
            object.toString(),
            pins.toString(),
            Long.toString(revision),
            killed.stream().map(String::valueOf).collect(Collectors.joining(",")),
            sinks.stream().map(Path::toString).collect(Collectors.joining(","))));
    ProcessBuilder builder = new ProcessBuilder(command);
    process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    startMillis = Double.parseDouble(expect("ready"));
  }

  /** The cache of loaded classes that this process was started with, if any; it says nothing. */
  static List<String> classCache() {
    List<String> cache =
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(option -> option.startsWith("-XX:AOTCache="))
            .toList();
    return cache.isEmpty() ? cache : List.of(cache.getFirst(), "-Xlog:aot=off", "-Xlog:cds=off");
  }

  private String expect(String word) throws IOException {
    String line = output.readLine();
    if (line == null || !line.startsWith(word + " ")) {
      throw new IOException("the consumer said " + line + " in place of " + word);
    }
    return line.substring(word.length() + 1);
  }

  /** Milliseconds from the call of start to its return: an adoption, where something is pinned. */
  double startMillis() {
    return startMillis;
  }

  private String command(String text, String answer) throws IOException {
    process.getOutputStream().write((text + "\n").getBytes(StandardCharsets.US_ASCII));
    process.getOutputStream().flush();
    return expect(answer);
  }

  /** Replaces the program by its next revision. */
  void update() throws IOException {
    command("update", "updated");
  }

  /** The terms of the identity as of now, as {@link #stop} gives them at the end. */
  List<String> terms() throws IOException {
    return List.of(command("tell", "told").split(" ", 4));
  }

  /** Records that wait in the ring, as of now. */
  long inRing() throws IOException {
    return Long.parseLong(command("room", "waiting"));
  }

  /**
   * Drains and returns the terms of the identity: balanced, produced, lost, and all as text.
   *
   * @param drain how long rings and sinks may take to become empty; a sink that stalls takes it all
   */
  List<String> stop(Duration drain) throws IOException {
    return List.of(command(drain.toString(), "stopped").split(" ", 4));
  }

  /** Sends a signal, as {@code STOP}. */
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("/bin/kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  /** Ends it by SIGKILL, which another process sends: the calls of this one are counted. */
  void kill() throws IOException, InterruptedException {
    signal("KILL");
    process.waitFor(10, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** Arguments as given by the constructor; commands on the standard input. */
  public static void main(String[] arguments) throws Exception {
    byte[] object = Files.readAllBytes(Path.of(arguments[0]));
    long begin = System.nanoTime();
    long revision = Long.parseLong(arguments[2]);
    RunningProgram program = Runtime.start(request(object, arguments, revision));
    System.out.println("ready " + (System.nanoTime() - begin) / 1e6);
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    String command;
    while ((command = commands.readLine()) != null) {
      if (command.equals("update")) {
        revision++;
        program = Runtime.update(program, request(object, arguments, revision)).program();
        System.out.println("updated " + revision);
      } else if (command.equals("tell")) {
        print("told", program.counters());
      } else if (command.equals("room")) {
        System.out.println("waiting " + program.counters().rings().getFirst().inRing());
      } else {
        print("stopped", program.stop(Duration.parse(command)));
        System.exit(0);
      }
    }
  }

  private static void print(String word, ProgramCounters counters) {
    RingCounters ring = counters.rings().getFirst();
    System.out.printf(
        "%s %b %d %d %s%n", word, ring.balanced(), ring.produced(), ring.lost(), ring);
  }

  private static RunRequest request(byte[] object, String[] arguments, long revision) {
    List<SinkSpec> sinks =
        Arrays.stream(arguments[4].split(","))
            .<SinkSpec>map(file -> new SinkSpec.File(Path.of(file)))
            .toList();
    return RunRequest.of(object, new Identity("node-1", "kills", "uid-process", revision))
        .withMaps(
            WantedProcesses.of(Arrays.stream(arguments[3].split(",")).map(Long::valueOf).toList()))
        .withSinks(sinks)
        .withLimits(Limits.DEFAULT.withSinkPatience(Duration.ofMillis(200)))
        .withPinDirectory(Path.of(arguments[1]));
  }
}

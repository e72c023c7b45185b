package dev.whistler.testbed.sandbox;

import dev.whistler.testbed.process.ChildProcess;
import dev.whistler.testbed.process.Command;
import dev.whistler.testbed.process.Waiting;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A place on this machine for servers that mount, route and start containers: name spaces for
 * mounts and network of its own, with empty {@code /run}, {@code /var/lib} and {@code /var/log} in
 * memory, tracefs, a bpffs of its own, and one network cable to the machine. Everything started in
 * it is in one control group and ends with it, whoever its parent is; that happens too when this
 * JVM is killed. Process ids are the machine's.
 */
public final class Sandbox implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(30);
  // The script gives up after 30 s itself.
  private static final Duration END_LIMIT = Duration.ofSeconds(60);

  private final String name;
  private final Path group;
  private final Path log;
  private final Uplink uplink;
  private final Process keeper;

  private Sandbox(String name, Path group, Path log, Uplink uplink, Process keeper) {
    this.name = name;
    this.group = group;
    this.log = log;
    this.uplink = uplink;
    this.keeper = keeper;
  }

  /**
   * Makes one.
   *
   * @param directory an existing directory outside {@code /run} and {@code /var}, for the log and
   *     the mount point of the file system in memory
   * @throws SandboxException where this machine cannot; nothing is left then
   */
  public static Sandbox start(Path directory) {
    String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    String name = "whistler-" + id;
    try {
      ControlGroups groups = ControlGroups.ofThisMachine();
      Path files = Files.createDirectory(directory.resolve("memory"));
      Path log = directory.resolve("sandbox.log");
      List<String> command =
          new ArrayList<>(
              List.of("unshare", "--mount", "--net", "--propagation", "private", "bash"));
      command.add(copyScript(directory).toString());
      command.addAll(List.of(name, files.toString(), groups.unified().toString()));
      groups.all().forEach(hierarchy -> command.add(hierarchy.toString()));
      Process keeper =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      Sandbox sandbox =
          new Sandbox(name, groups.unified().resolve(name), log, Uplink.free("wh" + id), keeper);
      try {
        sandbox.complete();
        return sandbox;
      } catch (RuntimeException e) {
        sandbox.close();
        throw e;
      }
    } catch (IOException e) {
      throw new SandboxException(
          "No name spaces: is this root, and are bash, util-linux and iproute2 installed? "
              + e.getMessage(),
          e);
    }
  }

  private static Path copyScript(Path directory) throws IOException {
    Path script = directory.resolve("sandbox.sh");
    try (InputStream in =
        Objects.requireNonNull(Sandbox.class.getResourceAsStream("sandbox.sh"), "sandbox.sh")) {
      Files.copy(in, script);
    }
    return script;
  }

  private void complete() {
    Waiting.until(
        "the sandbox's name spaces",
        START_LIMIT,
        () -> {
          if (!keeper.isAlive()) {
            throw new SandboxException("The name spaces cannot be made: " + said());
          }
          return said().contains("ready");
        });
    var _ = Command.run(COMMAND_LIMIT, uplink.creation(keeper.pid()));
    uplink.outsideSetup().forEach(command -> Command.run(COMMAND_LIMIT, command));
    uplink.insideSetup().forEach(this::run);
  }

  private String said() {
    try {
      return Files.readString(log).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + log + ".", e);
    }
  }

  /** The name of its control group in every hierarchy. */
  public String name() {
    return name;
  }

  /** Its address, which this machine and it itself can use. */
  public String address() {
    return uplink.inside();
  }

  /** What it has at the absolute path {@code inside}, seen from this machine. */
  public Path path(String inside) {
    return Path.of("/proc/" + keeper.pid() + "/root" + inside);
  }

  /** The process by whose name spaces others may enter. */
  public long pid() {
    return keeper.pid();
  }

  /** Starts a process in it; both of its outputs are appended to {@code log}. */
  public ChildProcess launch(
      String what, Path log, Map<String, String> environment, List<String> command) {
    return ChildProcess.start(what, log, environment, entering(command));
  }

  /** Runs a command in it to its end, within 30 s, and yields what it printed. */
  public String run(List<String> command) {
    return Command.run(COMMAND_LIMIT, entering(command));
  }

  /** Joins the control group first: what is in there ends with the sandbox. */
  private List<String> entering(List<String> command) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "bash",
                "-c",
                "echo $$ >\"$1\" && shift && exec \"$@\"",
                "enter",
                group.resolve("servers/cgroup.procs").toString(),
                "nsenter",
                "--target",
                Long.toString(keeper.pid()),
                "--mount",
                "--net",
                "--"));
    all.addAll(command);
    return all;
  }

  /** Ends every process in it and waits until nothing of it is left on the machine. */
  @Override
  public void close() {
    try {
      keeper.getOutputStream().close();
    } catch (IOException alreadyGone) {
      // What it left is looked for below.
    }
    try {
      if (!keeper.waitFor(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new SandboxException("The sandbox does not end; its log: " + said());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SandboxException("Interrupted while the sandbox ended.", e);
    }
    // The kernel takes network name spaces down in its own time.
    Waiting.until(
        "network device " + uplink.device() + " gone",
        END_LIMIT,
        () -> !Files.exists(Path.of("/sys/class/net", uplink.device())));
    if (Files.exists(group)) {
      throw new SandboxException(
          "Processes of the sandbox do not end; its control group is " + group + ".");
    }
  }
}

package dev.whistler.testbed.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process that we own: its output goes to one file, and it ends within a bound. */
public final class ChildProcess implements AutoCloseable {

  /** How long a process may take to end by itself after SIGTERM. */
  public static final Duration GRACE = Duration.ofSeconds(10);

  private static final Duration KILL_LIMIT = Duration.ofSeconds(10);

  private final String name;
  private final Path log;
  private final Process process;

  private ChildProcess(String name, Path log, Process process) {
    this.name = name;
    this.log = log;
    this.process = process;
  }

  /** Starts {@code command}; both of its outputs are appended to {@code log}. */
  public static ChildProcess start(
      String name, Path log, Map<String, String> environment, List<String> command) {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    try {
      return new ChildProcess(name, log, builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start " + name + ": " + e.getMessage(), e);
    }
  }

  public long pid() {
    return process.pid();
  }

  public boolean alive() {
    return process.isAlive();
  }

  public Path log() {
    return log;
  }

  /** Fails with the end of the log when the process has ended by itself. */
  public void requireAlive() {
    if (!alive()) {
      throw new IllegalStateException(
          "%s ended with exit code %d. The end of its log:%n%s"
              .formatted(name, process.exitValue(), logTail(30)));
    }
  }

  /** At most the last {@code lines} lines of what the process has printed. */
  public String logTail(int lines) {
    return tail(log, lines);
  }

  /** At most the last {@code lines} lines of a log. */
  public static String tail(Path log, int lines) {
    try {
      // Our servers print UTF-8; a torn last character must not hide the rest.
      List<String> all =
          new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
      return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
    } catch (IOException e) {
      return "(no log: " + e.getMessage() + ")";
    }
  }

  /** SIGTERM, and SIGKILL for one that is still there after {@code grace}. */
  public void stop(Duration grace) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS)) {
      kill();
    }
  }

  /** SIGKILL, and waits until the process is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(KILL_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException(
          name + " (pid " + pid() + ") does not end, not even by SIGKILL.");
    }
  }

  /** The exit code, once the process has ended. */
  public int exitCode() {
    return process.exitValue();
  }

  @Override
  public void close() {
    try {
      stop(GRACE);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

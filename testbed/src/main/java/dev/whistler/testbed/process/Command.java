package dev.whistler.testbed.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A command that runs to its end within a bound. */
public final class Command {

  private static final int SHOWN_CHARACTERS = 2_000;

  private Command() {}

  /** A command that did not end well in time; the message says which and what it printed last. */
  public static final class FailedException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    FailedException(String message) {
      super(message);
    }

    FailedException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * What a command printed on both of its outputs, as UTF-8.
   *
   * @throws FailedException when it cannot be started, fails, or takes longer than {@code limit}
   */
  public static String run(Duration limit, List<String> command) {
    return run(limit, null, Map.of(), command);
  }

  /**
   * The same elsewhere.
   *
   * @param folder the working directory; null for this process's own
   * @param environment variables beside those of this process
   * @throws FailedException when it cannot be started, fails, or takes longer than {@code limit}
   */
  public static String run(
      Duration limit,
      @Nullable Path folder,
      Map<String, String> environment,
      List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    if (folder != null) {
      builder.directory(folder.toFile());
    }
    try {
      Path output = Files.createTempFile("whistler-command-", ".txt");
      try {
        return run(limit, command, builder, output);
      } finally {
        Files.deleteIfExists(output);
      }
    } catch (IOException e) {
      throw new FailedException(
          "'%s' cannot be run: %s; is it installed?".formatted(command.getFirst(), e.getMessage()),
          e);
    }
  }

  private static String run(
      Duration limit, List<String> command, ProcessBuilder builder, Path output)
      throws IOException {
    Process process =
        builder
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(output.toFile())
            .start();
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new FailedException(
            "'%s' did not end within %d s.".formatted(text(command), limit.toSeconds()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailedException("Interrupted while '" + text(command) + "' ran.", e);
    } finally {
      process.destroyForcibly();
    }
    String said = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
    if (process.exitValue() != 0) {
      throw new FailedException(
          "'%s' failed with %d: %s"
              .formatted(
                  text(command),
                  process.exitValue(),
                  said.substring(Math.max(0, said.length() - SHOWN_CHARACTERS)).strip()));
    }
    return said;
  }

  private static String text(List<String> command) {
    return String.join(" ", command);
  }
}

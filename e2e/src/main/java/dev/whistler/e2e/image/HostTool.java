package dev.whistler.e2e.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a tool of this machine to its end, within a bound, and yields what it printed. */
final class HostTool {
  private static final int SHOWN_CHARACTERS = 1200;

  private HostTool() {}

  /**
   * @param folder the working directory
   * @return both outputs of the tool, as UTF-8
   * @throws ImageException when it is missing, fails, or takes longer than {@code limit}
   */
  static String run(Duration limit, Path folder, List<String> words) {
    return run(limit, folder, Map.of(), words);
  }

  static String run(
      Duration limit, Path folder, Map<String, String> environment, List<String> words) {
    String tool = words.getFirst();
    try {
      Path output = Files.createTempFile("whistler-image-", ".log");
      try {
        ProcessBuilder builder =
            new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        int exitCode = await(builder.start(), tool, limit);
        String text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
        if (exitCode != 0) {
          throw new ImageException(
              "'%s' failed with %d: %s"
                  .formatted(String.join(" ", words), exitCode, end(text).strip()));
        }
        return text;
      } finally {
        Files.deleteIfExists(output);
      }
    } catch (IOException e) {
      throw new ImageException(
          "'%s' cannot be run: %s; is it installed?".formatted(tool, e.getMessage()), e);
    }
  }

  private static int await(Process process, String tool, Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new ImageException(
            "'%s' did not end within %d s.".formatted(tool, limit.toSeconds()));
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ImageException("Interrupted while '" + tool + "' ran.", e);
    } finally {
      process.destroyForcibly();
    }
  }

  private static String end(String text) {
    return text.substring(Math.max(0, text.length() - SHOWN_CHARACTERS));
  }
}

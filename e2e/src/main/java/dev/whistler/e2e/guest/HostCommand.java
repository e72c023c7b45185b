package dev.whistler.e2e.guest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs a command of this machine to its end, within a bound, and yields what it printed. */
public final class HostCommand {
  private HostCommand() {}

  /**
   * Runs it.
   *
   * @param limit after which it is killed
   * @param folder its working directory; null for this process's own
   * @return what it printed, errors included
   * @throws GuestException if it cannot be run, fails, or does not end in time
   */
  public static String run(Duration limit, @Nullable Path folder, List<String> words)
      throws GuestException {
    Path output = null;
    Process process = null;
    try {
      output = Files.createTempFile("whistler-command", ".txt");
      ProcessBuilder builder =
          new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile());
      if (folder != null) {
        builder.directory(folder.toFile());
      }
      process = builder.start();
      process.getOutputStream().close();
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new GuestException(
            "'%s' did not end within %d s".formatted(words.getFirst(), limit.toSeconds()));
      }
      String text = Files.readString(output, StandardCharsets.ISO_8859_1);
      if (process.exitValue() != 0) {
        throw new GuestException(
            "'%s' failed with %d: %s"
                .formatted(String.join(" ", words), process.exitValue(), tail(text)));
      }
      return text;
    } catch (IOException e) {
      throw new GuestException(
          "'%s' cannot be run: %s".formatted(words.getFirst(), e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GuestException("interrupted", e);
    } finally {
      if (process != null && process.isAlive()) {
        process.destroyForcibly();
      }
      deleteQuietly(output);
    }
  }

  private static void deleteQuietly(@Nullable Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // A temporary file that stays behind is no reason to fail.
    }
  }

  private static String tail(String text) {
    return text.length() <= 600 ? text.strip() : "… " + text.substring(text.length() - 600).strip();
  }
}

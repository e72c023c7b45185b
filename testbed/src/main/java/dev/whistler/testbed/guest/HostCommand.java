package dev.whistler.testbed.guest;

import dev.whistler.testbed.process.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
    try {
      return Command.run(limit, folder, Map.of(), words);
    } catch (Command.FailedException e) {
      throw new GuestException(String.valueOf(e.getMessage()), e);
    }
  }
}

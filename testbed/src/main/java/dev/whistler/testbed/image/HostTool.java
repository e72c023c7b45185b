package dev.whistler.testbed.image;

import dev.whistler.testbed.process.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Runs a tool of this machine to its end, within a bound, and yields what it printed. */
final class HostTool {
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
    try {
      return Command.run(limit, folder, environment, words);
    } catch (Command.FailedException e) {
      throw new ImageException(String.valueOf(e.getMessage()), e);
    }
  }
}

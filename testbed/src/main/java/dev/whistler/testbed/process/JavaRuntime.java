package dev.whistler.testbed.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A small Java run-time, linked from the JDK that runs this.
 *
 * @param modules that it holds, with what they need
 * @param options of {@code jlink} beside those that leave out what only a JDK needs
 */
public record JavaRuntime(List<String> modules, List<String> options) {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  public JavaRuntime {
    modules = List.copyOf(modules);
    options = List.copyOf(options);
  }

  /**
   * Links it, in about ten seconds, unless the cache holds one of this JDK's version and of the
   * same modules and options.
   *
   * @param cache a folder that may be created
   * @return its folder, with {@code bin/java} in it
   * @throws Command.FailedException if {@code jlink} fails
   */
  public Path link(Path cache) throws IOException {
    String version = Runtime.version().toString().replaceAll("[^A-Za-z0-9.]", "_");
    Path runtime = cache.resolve("java-%s-%08x".formatted(version, hashCode()));
    if (Files.isDirectory(runtime)) {
      return runtime;
    }
    Files.createDirectories(cache);
    Path work = Files.createTempDirectory(cache, "link-");
    try {
      Path made = work.resolve("java");
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin/jlink").toString());
      command.addAll(List.of("--add-modules", String.join(",", modules)));
      command.addAll(List.of("--strip-debug", "--no-man-pages", "--no-header-files"));
      command.addAll(options);
      command.addAll(List.of("--output", made.toString()));
      var _ = Command.run(LIMIT, command);
      Files.move(made, runtime, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      TemporaryDirectory.delete(work);
    }
    return runtime;
  }
}

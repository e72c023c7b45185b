package dev.whistler.e2e.image;

import dev.whistler.e2e.process.TemporaryDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;

/**
 * A Java run-time with the modules that our applications use, linked from the JDK that runs this.
 *
 * @param cache a folder that may be created; the run-time is kept there by the JDK's version
 */
public record JavaRuntime(Path cache) {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  /**
   * What {@code jdeps} finds, less what only unused parts of libraries want (java.desktop,
   * java.compiler, java.rmi), and what is found by name at run time: zipfs for resources in jars,
   * and what Kafka's login refers to.
   */
  static final List<String> MODULES =
      List.of(
          "java.base",
          "java.logging",
          "java.management",
          "java.naming",
          "java.net.http",
          "java.security.jgss",
          "java.security.sasl",
          "java.sql",
          "java.xml",
          "jdk.management",
          "jdk.unsupported",
          "jdk.zipfs");

  /** The folder of the run-time; linked if it is not there yet, in about ten seconds. */
  public Path link() {
    Path home = Path.of(System.getProperty("java.home"));
    String version = Runtime.version().toString().replaceAll("[^A-Za-z0-9.]", "_");
    int modules = String.join(",", MODULES).hashCode();
    Path runtime = cache.resolve("java-%s-%08x".formatted(version, modules));
    if (Files.isDirectory(runtime)) {
      return runtime;
    }
    try {
      Files.createDirectories(cache);
      Path work = Files.createTempDirectory(cache, "link-");
      try {
        HostTool.run(
            LIMIT,
            work,
            List.of(
                home.resolve("bin/jlink").toString(),
                "--add-modules",
                String.join(",", MODULES),
                "--strip-debug",
                "--no-man-pages",
                "--no-header-files",
                // The layer is compressed as a whole, which is smaller and starts faster.
                "--compress=zip-0",
                "--output",
                "java"));
        Files.move(work.resolve("java"), runtime, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        TemporaryDirectory.delete(work);
      }
    } catch (IOException e) {
      throw new ImageException("No Java run-time can be linked: " + e.getMessage(), e);
    }
    return runtime;
  }
}

package dev.whistler.testbed.install;

import dev.whistler.testbed.cluster.Kubeconfig;
import dev.whistler.testbed.process.ChildProcess;
import dev.whistler.testbed.process.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The JVM's cache of loaded and linked classes for one of our applications, beside its jar.
 * Start-up falls to a third with it. Made once after a build, by a start against an API server that
 * does not answer.
 */
final class AotCache {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  /**
   * The first refusal ends an operator that cannot list: nobody waits for the retries of a client.
   */
  private static final String NO_RETRIES = "-Dkubernetes.request.retry.backoffLimit=0";

  /** Writing the cache is a part of ending. */
  private static final Duration END_LIMIT = Duration.ofSeconds(60);

  private AotCache() {}

  /**
   * The cache for what is launched; empty where none could be made, which costs time and nothing
   * else.
   */
  static Optional<Path> of(QuarkusProcess.Launch launch) {
    Path cache = launch.jar().resolveSibling("classes.aot");
    try {
      if (!Files.exists(cache)
          || Files.getLastModifiedTime(cache).compareTo(Files.getLastModifiedTime(launch.jar()))
              < 0) {
        train(launch, cache);
      }
    } catch (IOException | IllegalStateException | Waiting.TimeoutException e) {
      System.err.println(launch.name() + " starts without a class cache: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Files.isRegularFile(cache) ? Optional.of(cache) : Optional.empty();
  }

  private static void train(QuarkusProcess.Launch launch, Path cache)
      throws IOException, InterruptedException {
    Files.deleteIfExists(cache);
    Path kubeconfig = Files.createTempFile("whistler-nobody", ".kubeconfig");
    Path log = cache.resolveSibling("classes.aot.log");
    try {
      Files.writeString(kubeconfig, Kubeconfig.OF_NO_SERVER);
      ChildProcess process =
          launch.start(
              List.of(), List.of("-XX:AOTCacheOutput=" + cache, NO_RETRIES), kubeconfig, log);
      try {
        Waiting.until(
            launch.name() + " started once",
            START_LIMIT,
            () -> !process.alive() || process.logTail(200).contains("started in"));
      } finally {
        process.stop(END_LIMIT);
      }
    } finally {
      Files.deleteIfExists(kubeconfig);
    }
  }
}

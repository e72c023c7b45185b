package dev.whistler.testbed.image;

import dev.whistler.testbed.cluster.Kubeconfig;
import dev.whistler.testbed.process.ChildProcess;
import dev.whistler.testbed.process.TemporaryDirectory;
import dev.whistler.testbed.process.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Finds out which classes an application uses: it runs in its image, for a while, with an API
 * server that does not answer.
 */
final class Training {
  private static final Duration RUN = Duration.ofSeconds(15);
  private static final Duration END_LIMIT = Duration.ofSeconds(30);

  private Training() {}

  /** What the application in this root was seen to use. */
  static ClassList run(ImageRoot root) {
    Path kubeconfig = root.path("run/kubeconfig");
    Path list = root.path("run/classes.list");
    try (TemporaryDirectory logs = TemporaryDirectory.create("whistler-training-")) {
      Files.writeString(kubeconfig, Kubeconfig.OF_NO_SERVER);
      try (ChildProcess process =
          ChildProcess.start(
              "training",
              logs.path().resolve("log"),
              Map.of("KUBECONFIG", "/run/kubeconfig", "WHISTLER_NODE_NAME", "training"),
              InsideImage.command(root, JavaCommand.training("/run/classes.list")))) {
        try {
          Waiting.until("the end of the training", RUN, () -> !process.alive());
        } catch (Waiting.TimeoutException asPlanned) {
          process.stop(END_LIMIT);
        }
        if (!Files.exists(list)) {
          throw new ImageException("The application did not start: " + process.logTail(20));
        }
      }
      return ClassList.of(Files.readString(list));
    } catch (IOException e) {
      throw new ImageException("The training left no list: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ImageException("Interrupted while the application was trained.", e);
    } finally {
      deleteQuietly(kubeconfig);
      deleteQuietly(list);
    }
  }

  /** Writes what all of them use to where the next build finds it. */
  static void keep(List<ClassList> seen, Path resources) throws IOException {
    ClassList all = seen.stream().reduce(ClassList::and).orElseThrow();
    Files.write(resources.resolve("classes.list.gz"), all.packed());
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new ImageException("Cannot remove " + file + ": " + e.getMessage(), e);
    }
  }
}

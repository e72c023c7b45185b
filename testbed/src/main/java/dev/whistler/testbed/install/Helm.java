package dev.whistler.testbed.install;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.whistler.testbed.Repository;
import dev.whistler.testbed.cluster.ClusterException;
import dev.whistler.testbed.process.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the real Helm with our chart. */
public final class Helm {
  /** The Kubernetes that charts are rendered for: the one that test clusters run. */
  private static final String KUBERNETES = "1.34.4";

  private static final Duration RUN_LIMIT = Duration.ofSeconds(60);

  private final Path binary;
  private final Path chart;

  private Helm(Path binary, Path chart) {
    this.binary = binary;
    this.chart = chart;
  }

  /**
   * What a run of Helm said.
   *
   * @param exitCode 0 if all went well
   * @param output standard output
   * @param errors standard error
   */
  public record Result(int exitCode, String output, String errors) {}

  /**
   * Finds or builds Helm.
   *
   * @throws ClusterException where it is not there and cannot be built
   */
  public static Helm find(Repository repository, Progress progress) {
    return new Helm(
        GoTool.HELM.find(repository, progress), repository.root().resolve("helm/whistler"));
  }

  /** The chart's directory. */
  Path chart() {
    return chart;
  }

  /** {@code helm lint --strict}. */
  public Result lint() {
    return run(
        RUN_LIMIT, List.of("lint", "--strict", "--kube-version", KUBERNETES, chart.toString()));
  }

  /** {@code helm template}, with CRDs left out. */
  public Result template(String release, String namespace, String... settings) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "template",
                release,
                chart.toString(),
                "--namespace",
                namespace,
                "--kube-version",
                KUBERNETES));
    for (String setting : settings) {
      arguments.add("--set");
      arguments.add(setting);
    }
    return run(RUN_LIMIT, arguments);
  }

  /** Runs Helm to its end. */
  Result run(Duration limit, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(binary.toString()));
    command.addAll(arguments);
    try {
      Path output = Files.createTempFile("whistler-helm-", ".out");
      Path errors = Files.createTempFile("whistler-helm-", ".err");
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        int exitCode = await(process, limit);
        return new Result(
            exitCode, Files.readString(output, UTF_8), Files.readString(errors, UTF_8));
      } finally {
        Files.deleteIfExists(output);
        Files.deleteIfExists(errors);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Helm cannot be run.", e);
    }
  }

  private static int await(Process process, Duration limit) throws IOException {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new IOException("not done after " + limit.toSeconds() + " s");
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}

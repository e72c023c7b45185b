package dev.whistler.e2e.install;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.whistler.e2e.Repository;
import dev.whistler.e2e.cluster.ClusterException;
import dev.whistler.e2e.process.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The real Helm. Built once into the user's cache, from the module in {@code e2e/tools/helm}. */
public final class Helm {
  /** The Kubernetes that charts are rendered for: the one that test clusters run. */
  private static final String KUBERNETES = "1.34.4";

  private static final String VERSION = "v3.20.2";
  private static final Duration BUILD_LIMIT = Duration.ofMinutes(15);
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
   * @throws ClusterException where neither it nor Go is installed, or the build fails
   */
  public static Helm find(Repository repository, Progress progress) {
    Path binary = cacheHome().resolve("whistler/helm/" + VERSION + "/bin/helm");
    try {
      if (!Files.isExecutable(binary)) {
        progress.say("building Helm " + VERSION + " from Go modules (about 90 s, once)");
        build(repository.root().resolve("e2e/tools/helm"), binary);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Helm cannot be built into " + binary + ".", e);
    }
    return new Helm(binary, repository.root().resolve("helm/whistler"));
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

  private static Path cacheHome() {
    @Nullable String xdg = System.getenv("XDG_CACHE_HOME");
    return xdg == null || xdg.isBlank()
        ? Path.of(System.getProperty("user.home"), ".cache")
        : Path.of(xdg);
  }

  private static void build(Path module, Path binary) throws IOException {
    Path directory = Objects.requireNonNull(binary.getParent());
    Files.createDirectories(directory);
    Path unfinished = Files.createTempFile(directory, "helm-", ".building");
    Path log = Files.createTempFile("whistler-helm-", ".log");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(
                  "go", "build", "-trimpath", "-ldflags=-s -w", "-o", unfinished.toString(), "tool")
              .directory(module.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      builder.environment().put("CGO_ENABLED", "0");
      builder.environment().put("GOFLAGS", "-mod=readonly");
      Process process;
      try {
        process = builder.start();
      } catch (IOException e) {
        throw new ClusterException(
            "Neither Helm %s nor Go is installed: install Go, so that Helm can be built."
                .formatted(VERSION),
            e);
      }
      if (await(process, BUILD_LIMIT) != 0) {
        throw new ClusterException(
            "Go could not build Helm; is the Go module proxy reachable? It said:\n"
                + Files.readString(log));
      }
      Files.move(unfinished, binary, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
      Files.deleteIfExists(log);
    }
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

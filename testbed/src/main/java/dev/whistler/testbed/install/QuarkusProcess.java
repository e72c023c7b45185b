package dev.whistler.testbed.install;

import dev.whistler.testbed.process.ChildProcess;
import dev.whistler.testbed.process.LoopbackPorts;
import dev.whistler.testbed.process.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One of our Quarkus applications as a local process with its own HTTP port. */
public final class QuarkusProcess implements AutoCloseable {

  private static final Duration READY_LIMIT = Duration.ofMinutes(4);
  private static final Duration HTTP_LIMIT = Duration.ofSeconds(5);

  private final Launch launch;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(HTTP_LIMIT).build();
  private ChildProcess process;

  /**
   * How to start it, and start it again.
   *
   * @param name for messages and the log file
   * @param jar the fast-jar's {@code quarkus-run.jar}
   * @param options what this one has of its own
   * @param kubeconfig whom it is to the API server
   * @param log where its output goes
   * @param port its HTTP port on 127.0.0.1
   */
  record Launch(
      String name, Path jar, ProcessOptions options, Path kubeconfig, Path log, int port) {

    ChildProcess start() {
      List<String> cached =
          AotCache.of(this).map(cache -> List.of("-XX:AOTCache=" + cache)).orElse(List.of());
      return start(options.wrapper(), cached, kubeconfig, log);
    }

    ChildProcess start(List<String> wrapper, List<String> jvm, Path as, Path output) {
      List<String> command = new ArrayList<>(wrapper);
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(jvm);
      command.addAll(
          List.of(
              "-XX:+UseSerialGC",
              "-Xmx256m",
              "--enable-native-access=ALL-UNNAMED",
              "--sun-misc-unsafe-memory-access=allow",
              "-Dquarkus.http.host=127.0.0.1",
              "-Dquarkus.http.port=" + port));
      command.addAll(options.jvm());
      options.settings().forEach((key, value) -> command.add("-D" + key + "=" + value));
      command.addAll(List.of("-jar", jar.toString()));
      return ChildProcess.start(name, output, Map.of("KUBECONFIG", as.toString()), command);
    }
  }

  private QuarkusProcess(Launch launch) {
    this.launch = launch;
    this.process = launch.start();
  }

  /** The jar that the build left for a module. */
  static Path jar(Path root, String module) {
    Path jar = root.resolve(module).resolve("target/quarkus-app/quarkus-run.jar");
    if (!Files.isRegularFile(jar)) {
      throw new IllegalStateException(
          "%s is not built: %s is missing; run ./whistler or mvn package first."
              .formatted(module, jar));
    }
    return jar;
  }

  static QuarkusProcess start(
      String name, Path jar, ProcessOptions options, Path kubeconfig, Path directory) {
    return new QuarkusProcess(
        new Launch(
            name,
            jar,
            options,
            kubeconfig,
            directory.resolve(name + ".log"),
            LoopbackPorts.free(1).getFirst()));
  }

  /** Waits until its readiness endpoint says so; fails with its log when it ends instead. */
  public QuarkusProcess awaitReady() {
    try {
      Waiting.until(
          launch.name() + " ready",
          READY_LIMIT,
          () -> {
            process.requireAlive();
            return ready();
          });
    } catch (Waiting.TimeoutException e) {
      throw new IllegalStateException(
          e.getMessage() + " The end of its log:\n" + process.logTail(40), e);
    }
    return this;
  }

  private boolean ready() {
    try {
      return send("/health/ready").statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** The body at {@code path} of its HTTP server. */
  public String get(String path) {
    try {
      return send(path).body();
    } catch (IOException e) {
      throw new UncheckedIOException(launch.name() + " does not answer at " + path, e);
    }
  }

  private HttpResponse<String> send(String path) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + launch.port() + path))
            .timeout(HTTP_LIMIT)
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  public ChildProcess process() {
    return process;
  }

  /** SIGKILL: what a crash leaves behind, this leaves behind. */
  public void kill() throws InterruptedException {
    process.kill();
  }

  /** Starts it again after its end, with the same settings; the log goes on. */
  public void restart() {
    process = launch.start();
  }

  @Override
  public void close() {
    process.close();
    http.close();
  }
}

package dev.whistler.testbed.cluster;

import dev.whistler.testbed.Repository;
import dev.whistler.testbed.UserCache;
import dev.whistler.testbed.process.Progress;
import dev.whistler.testbed.process.TemporaryDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Kubernetes servers built from Go modules, kept outside the repository in {@code
 * $XDG_CACHE_HOME/whistler/kubernetes/VERSION/bin}. An interrupted build goes on where Go's own
 * build cache ends; a server appears in the directory only when it is whole.
 */
final class KubernetesBuild {

  static final String VERSION = "v1.34.4";

  private static final Duration BUILD_LIMIT = Duration.ofMinutes(30);
  private static final Duration LOCK_LIMIT = BUILD_LIMIT;
  private static final Duration REPORT_EVERY = Duration.ofSeconds(10);
  private static final int MIN_GO_MAJOR = 1;
  private static final int MIN_GO_MINOR = 24;
  private static final Pattern GO_VERSION = Pattern.compile("go(\\d+)\\.(\\d+)");

  // Without these, clients cannot parse the server's version.
  private static final String LINKER_FLAGS =
      "-s -w -X k8s.io/component-base/version.gitVersion=%s"
          + " -X k8s.io/component-base/version.gitMajor=1"
          + " -X k8s.io/component-base/version.gitMinor=34";

  /** The servers that a cluster consists of. */
  enum Server {
    // Go names a binary after the last part of its package path that is not a major version.
    ETCD("go.etcd.io/etcd/server/v3", "server"),
    API_SERVER("k8s.io/kubernetes/cmd/kube-apiserver", "kube-apiserver"),
    CONTROLLER_MANAGER("k8s.io/kubernetes/cmd/kube-controller-manager", "kube-controller-manager"),
    SCHEDULER("k8s.io/kubernetes/cmd/kube-scheduler", "kube-scheduler"),
    KUBELET("k8s.io/kubernetes/cmd/kubelet", "kubelet"),
    PROXY("k8s.io/kubernetes/cmd/kube-proxy", "kube-proxy");

    /** Those of a cluster without nodes. */
    static final Set<Server> CONTROL_PLANE =
        Collections.unmodifiableSet(EnumSet.of(ETCD, API_SERVER, CONTROLLER_MANAGER));

    static final Set<Server> ALL = Collections.unmodifiableSet(EnumSet.allOf(Server.class));

    private final String goPackage;
    private final String fileName;

    Server(String goPackage, String fileName) {
      this.goPackage = goPackage;
      this.fileName = fileName;
    }
  }

  private final Path module;
  private final Path directory;
  private final Set<Server> wanted;

  /** The build that serves a cluster which consists of {@code wanted}. */
  KubernetesBuild(Repository repository, Set<Server> wanted) {
    this(
        repository.clusterModule(), UserCache.directory().resolve("kubernetes/" + VERSION), wanted);
  }

  KubernetesBuild(Path module, Path directory, Set<Server> wanted) {
    this.module = module;
    this.directory = directory;
    this.wanted = Set.copyOf(wanted);
  }

  Path binary(Server server) {
    return directory.resolve("bin").resolve(server.fileName);
  }

  List<Server> missing() {
    return wanted.stream().filter(s -> !Files.isExecutable(binary(s))).sorted().toList();
  }

  /** Empty when {@link #build} can work here, else a sentence that says what is missing. */
  Optional<String> obstacle() {
    if (missing().isEmpty()) {
      return Optional.empty();
    }
    String version;
    try {
      version = goVersion();
    } catch (IOException e) {
      return Optional.of(
          "Go is not installed: install Go %d.%d or newer, so that Kubernetes can be built."
              .formatted(MIN_GO_MAJOR, MIN_GO_MINOR));
    }
    return checkGoVersion(version);
  }

  /** What is wrong with the Go that says {@code version}, such as "go1.23.4". */
  static Optional<String> checkGoVersion(String version) {
    Matcher matcher = GO_VERSION.matcher(version);
    if (matcher.find()) {
      int major = Integer.parseInt(matcher.group(1));
      int minor = Integer.parseInt(matcher.group(2));
      if (major > MIN_GO_MAJOR || (major == MIN_GO_MAJOR && minor >= MIN_GO_MINOR)) {
        return Optional.empty();
      }
    }
    return Optional.of(
        "Go is too old to build Kubernetes (%s): install Go %d.%d or newer."
            .formatted(version, MIN_GO_MAJOR, MIN_GO_MINOR));
  }

  private static String goVersion() throws IOException {
    // GOTOOLCHAIN=local: say what is installed instead of downloading what go.mod would like.
    ProcessBuilder builder = new ProcessBuilder("go", "env", "GOVERSION");
    builder.environment().put("GOTOOLCHAIN", "local");
    Process process = builder.redirectErrorStream(true).start();
    try (BufferedReader reader = process.inputReader()) {
      String line = reader.readLine();
      return line == null ? "unknown" : line.strip();
    }
  }

  /** Builds what is missing; returns at once when nothing is. */
  void build(Progress progress) {
    if (missing().isEmpty()) {
      return;
    }
    obstacle()
        .ifPresent(
            sentence -> {
              throw new ClusterException(sentence);
            });
    try {
      Files.createDirectories(directory.resolve("bin"));
      try (FileChannel channel =
              FileChannel.open(
                  directory.resolve("build.lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock lock = acquire(channel, progress)) {
        if (lock.isValid() && !missing().isEmpty()) {
          compile(missing(), progress);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot build Kubernetes into " + directory + ".", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterException("Interrupted while building Kubernetes.", e);
    }
  }

  private FileLock acquire(FileChannel channel, Progress progress)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + LOCK_LIMIT.toNanos();
    boolean told = false;
    while (true) {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return lock;
      }
      if (!told) {
        progress.say("another process builds Kubernetes; waiting for it");
        told = true;
      }
      if (System.nanoTime() - deadline > 0) {
        throw new ClusterException(
            "Another process still builds Kubernetes after %d min; end it and try again."
                .formatted(LOCK_LIMIT.toMinutes()));
      }
      Thread.sleep(Duration.ofMillis(500));
    }
  }

  private void compile(List<Server> servers, Progress progress)
      throws IOException, InterruptedException {
    // Beside the final place, so that the move is a rename.
    try (TemporaryDirectory temporary =
        new TemporaryDirectory(Files.createTempDirectory(directory, "build-"))) {
      Path output = temporary.path();
      List<String> command =
          new ArrayList<>(
              List.of(
                  "go",
                  "build",
                  "-v",
                  "-trimpath",
                  "-ldflags=" + LINKER_FLAGS.formatted(VERSION),
                  "-o",
                  output + "/"));
      servers.forEach(server -> command.add(server.goPackage));
      progress.say(
          "building Kubernetes %s from Go modules (%d servers; about 5 min the first time)"
              .formatted(VERSION, servers.size()));
      ProcessBuilder builder =
          new ProcessBuilder(command).directory(module.toFile()).redirectErrorStream(true);
      builder.environment().put("CGO_ENABLED", "0");
      builder.environment().put("GOFLAGS", "-mod=readonly");
      follow(builder.start(), progress);
      for (Server server : servers) {
        Files.move(output.resolve(server.fileName), binary(server), StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  /** Counts the packages that {@code go build -v} names; keeps the last lines for a failure. */
  private static void follow(Process process, Progress progress) throws InterruptedException {
    Deque<String> tail = new ArrayDeque<>();
    int[] packages = {0};
    Thread reader =
        Thread.ofVirtual()
            .start(
                () -> {
                  long nextReport = System.nanoTime() + REPORT_EVERY.toNanos();
                  try (BufferedReader lines = process.inputReader()) {
                    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                      synchronized (tail) {
                        packages[0]++;
                        tail.addLast(line);
                        if (tail.size() > 20) {
                          tail.removeFirst();
                        }
                      }
                      if (System.nanoTime() - nextReport > 0) {
                        progress.say("building Kubernetes: " + packages[0] + " packages compiled");
                        nextReport = System.nanoTime() + REPORT_EVERY.toNanos();
                      }
                    }
                  } catch (IOException closed) {
                    // The process was ended; its exit code tells.
                  }
                });
    boolean ended;
    try {
      ended = process.waitFor(BUILD_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } finally {
      process.destroyForcibly();
    }
    reader.join(Duration.ofSeconds(5));
    String last;
    synchronized (tail) {
      last = String.join("\n", tail);
    }
    if (!ended) {
      throw new ClusterException(
          "Building Kubernetes took more than %d min; start again, it goes on from there."
              .formatted(BUILD_LIMIT.toMinutes()));
    }
    if (process.exitValue() != 0) {
      throw new ClusterException(
          "Go could not build Kubernetes; is the Go module proxy reachable? It said:\n" + last);
    }
  }
}

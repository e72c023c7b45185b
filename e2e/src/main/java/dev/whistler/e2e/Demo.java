package dev.whistler.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.crds.WhistlerProgram;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.testbed.Repository;
import dev.whistler.testbed.cluster.ClusterException;
import dev.whistler.testbed.cluster.TestCluster;
import dev.whistler.testbed.guest.GuestException;
import dev.whistler.testbed.image.ImageException;
import dev.whistler.testbed.install.AgentProcess;
import dev.whistler.testbed.install.Installation;
import dev.whistler.testbed.install.ProcessOptions;
import dev.whistler.testbed.install.Programs;
import dev.whistler.testbed.install.QuarkusProcess;
import dev.whistler.testbed.install.StatusTable;
import dev.whistler.testbed.process.MountNamespace;
import dev.whistler.testbed.process.Progress;
import dev.whistler.testbed.process.Teardown;
import dev.whistler.testbed.process.TemporaryDirectory;
import dev.whistler.testbed.process.Waiting;
import dev.whistler.testbed.workload.Forks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/**
 * {@code ./whistler demo}: the whole path on a cluster, from {@code kubectl apply} to decoded
 * events. Steps go to standard error with their times, the status table and the records to standard
 * output.
 */
public final class Demo {

  private static final String USAGE =
      """
      Usage: ./whistler demo [--keep | --full | --kernels]

      Starts a cluster (the one of WHISTLER_KUBECONFIG, k3s in Docker, or Kubernetes built from Go
      modules), installs Whistler, applies examples/forks.lisp, causes forks, and prints the status
      table and ten decoded records. Then everything is removed.

        --keep      let it run until Ctrl-C or the command that is printed, which remove everything
        --full      with a real kubelet: the chart is installed with Helm, upgraded and uninstalled,
                    and operator and agent run in pods
        --kernels   the same with three nodes: this machine, and two QEMU guests with Debian's
                    Linux 6.1 and 6.12
      """;

  private static final Set<String> FORMS = Set.of("", "--keep", "--full", "--kernels");

  private static final String PROGRAM = "forks";
  private static final int RECORDS = 10;
  private static final Duration READY_LIMIT = Duration.ofSeconds(60);
  private static final Duration RECORD_LIMIT = Duration.ofSeconds(20);
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final int PROGRAM_AT_FAULT = 1;
  private static final int WRONG_USAGE = 2;
  private static final int MACHINE_CANNOT = 3;

  private final boolean keep;
  private final Progress progress = Progress.timed(System.err);

  private Demo(boolean keep) {
    this.keep = keep;
  }

  /** Exit codes: 0 done, 1 the program did not run, 2 wrong usage, 3 this machine cannot do it. */
  public static void main(String[] arguments) {
    // The Kubernetes client would say that nobody reads its log.
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    System.exit(run(List.of(arguments)));
  }

  private static int run(List<String> arguments) {
    if (arguments.contains("--help") || arguments.contains("-h")) {
      System.out.print(USAGE);
      return 0;
    }
    String form = arguments.isEmpty() ? "" : arguments.getFirst();
    if (arguments.size() > 1 || !FORMS.contains(form)) {
      System.err.print(USAGE);
      return WRONG_USAGE;
    }
    try {
      requireRoot();
      return switch (form) {
        case "--full" -> new FullDemo(Progress.timed(System.err)).show();
        case "--kernels" -> new KernelsDemo(Progress.timed(System.err)).show();
        default -> new Demo(form.equals("--keep")).show();
      };
    } catch (ClusterException
        | GuestException
        | ImageException
        | IOException
        | Waiting.TimeoutException
        | UncheckedIOException
        | IllegalStateException e) {
      System.err.println("whistler: " + e.getMessage());
      return MACHINE_CANNOT;
    }
  }

  private int show() {
    Repository repository = Repository.find();
    try (Teardown last = new Teardown();
        TestCluster cluster = TestCluster.start(repository, progress);
        Installation installation = Installation.on(cluster, repository, logs(last))) {
      progress.say("custom resources installed");
      QuarkusProcess operator = installation.startOperator();
      AgentProcess agent =
          installation.startAgent(
              "demo-node",
              Map.of(),
              new ProcessOptions(
                  Map.of("whistler.pins", MountNamespace.BPFFS + "/whistler"),
                  placeForPins(last).enter()));
      operator.awaitReady();
      progress.say("operator ready");
      agent.process().awaitReady();
      progress.say("agent of node demo-node ready");

      Programs programs = new Programs(cluster.client());
      Path example = repository.example("forks.lisp");
      programs.apply(PROGRAM, read(example), null);
      progress.say(
          "applied " + repository.root().relativize(example) + " as WhistlerProgram forks");
      try {
        var _ = programs.await(PROGRAM, READY_LIMIT, Programs.ready());
      } catch (Waiting.TimeoutException e) {
        return explain(programs);
      }
      progress.say("it runs");
      Forks forks = Forks.cause(RECORDS);
      progress.say("forked " + RECORDS + " children of process " + forks.parent());
      List<String> records = await(agent.sinkFile(PROGRAM), forks);
      progress.say("their records are in the agent's file sink");
      System.out.println();
      System.out.println(StatusTable.of(cluster.client()));
      records.forEach(System.out::println);
      System.out.println();
      if (keep) {
        sayHowToGoOn(cluster, operator, agent);
        untilASignal();
      }
      programs.delete(PROGRAM, READY_LIMIT);
      progress.say("program deleted");
    }
    progress.say("everything removed");
    return 0;
  }

  /** Programs are pinned as the chart's are, in a file system that the machine need not have. */
  private static MountNamespace placeForPins(Teardown last) {
    MountNamespace place = MountNamespace.forAgents();
    last.add("file systems", place::close);
    return place;
  }

  private static void requireRoot() {
    if (!"root".equals(System.getProperty("user.name"))) {
      throw new ClusterException("The demo loads BPF programs on this machine: run it as root.");
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file + ".", e);
    }
  }

  /** The lines of the sink that tell of these children. */
  private static List<String> await(Path sink, Forks forks) {
    return Waiting.get(
        "the records of the forked children",
        RECORD_LIMIT,
        () ->
            Optional.of(sink)
                .filter(Files::exists)
                .map(file -> linesOf(forks, read(file)))
                .filter(lines -> lines.size() >= forks.children().size()));
  }

  /** The lines of a file sink's text that tell of these children. */
  static List<String> linesOf(Forks forks, String text) {
    return text.lines().filter(line -> isOf(line, forks)).toList();
  }

  private static boolean isOf(String line, Forks forks) {
    try {
      JsonNode record = JSON.readTree(line);
      return record.at("/data/parent").asLong() == forks.parent();
    } catch (IOException halfWritten) {
      return false;
    }
  }

  private static int explain(Programs programs) {
    WhistlerProgramStatus status =
        programs.get(PROGRAM).map(WhistlerProgram::getStatus).orElse(null);
    System.err.println("whistler: the program does not become ready.");
    if (status != null) {
      status
          .conditions()
          .forEach(c -> System.err.println(c.type() + "=" + c.status() + ": " + c.message()));
      status
          .diagnostics()
          .forEach(d -> System.err.println(d.line() + ":" + d.column() + " " + d.message()));
    }
    return PROGRAM_AT_FAULT;
  }

  private static Path logs(Teardown last) {
    TemporaryDirectory logs = TemporaryDirectory.create("whistler-demo-logs-");
    last.add("logs", logs::close);
    return logs.path();
  }

  private static void sayHowToGoOn(
      TestCluster cluster, QuarkusProcess operator, AgentProcess agent) {
    System.out.println("export KUBECONFIG=" + cluster.kubeconfig());
    System.out.flush();
    System.err.printf(
        "The records are in %s, the logs in %s and %s.%n",
        agent.sinkFile(PROGRAM), operator.process().log(), agent.process().process().log());
    System.err.printf("To end it and remove everything: kill %d%n", ProcessHandle.current().pid());
  }

  /** The JVM ends at a signal, and what is open is torn down then. */
  private static void untilASignal() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

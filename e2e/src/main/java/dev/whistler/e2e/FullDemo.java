package dev.whistler.e2e;

import dev.whistler.bpf.sys.ObjectCalls.Kind;
import dev.whistler.testbed.Repository;
import dev.whistler.testbed.cluster.ClusterException;
import dev.whistler.testbed.cluster.ClusterSize;
import dev.whistler.testbed.cluster.TestCluster;
import dev.whistler.testbed.install.ChartInstallation;
import dev.whistler.testbed.install.PodProcess;
import dev.whistler.testbed.install.Programs;
import dev.whistler.testbed.install.StatusTable;
import dev.whistler.testbed.machine.KernelObjects;
import dev.whistler.testbed.machine.MachineState;
import dev.whistler.testbed.process.Progress;
import dev.whistler.testbed.process.Waiting;
import dev.whistler.testbed.workload.Forks;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;

/**
 * {@code ./whistler demo --full}: the chart installed with Helm on a real kubelet, a program
 * applied, its records read back from the node, the chart upgraded and uninstalled; then a look
 * whether kernel, cluster and machine are as they were.
 */
final class FullDemo {

  private static final String PROGRAM = "forks";
  private static final String BPFFS = "/sys/fs/bpf";
  private static final int RECORDS = 5;
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Duration ROUND = Duration.ofSeconds(5);
  private static final long BPF_AND_PERFMON = 1L << 39 | 1L << 38;

  private final Progress progress;

  FullDemo(Progress progress) {
    this.progress = progress;
  }

  /**
   * Shows it all and removes it again.
   *
   * @return 0
   * @throws IllegalStateException when something is not as it should be
   */
  int show() throws IOException {
    Repository repository = Repository.find();
    MachineState machine = MachineState.now();
    KernelObjects kernel = KernelObjects.now();
    Map<Kind, SortedSet<Integer>> running;
    try (TestCluster cluster = TestCluster.start(repository, ClusterSize.FULL, progress)) {
      ChartInstallation chart = ChartInstallation.on(cluster, repository, progress);
      List<String> pins = cluster.node().list(BPFFS);
      progress.say(
          "helm install whistler helm/whistler --namespace " + ChartInstallation.NAMESPACE);
      chart.install();
      progress.say("operator and agent Ready");
      sayRights(chart);
      chart.test();
      progress.say("helm test passed");

      Programs programs = new Programs(cluster.client());
      programs.apply(PROGRAM, Files.readString(repository.example("forks.lisp")), null);
      progress.say("applied examples/forks.lisp as WhistlerProgram " + PROGRAM);
      programs.await(PROGRAM, LIMIT, Programs.ready());
      running = KernelObjects.now().since(kernel);
      progress.say("it runs; in the kernel: " + count(running));
      List<String> records = record(chart);
      progress.say("records of %d forks are in the agent's file sink".formatted(RECORDS));
      System.out.println();
      System.out.println(StatusTable.of(cluster.client()));
      records.forEach(System.out::println);
      System.out.println();

      chart.upgrade("agent.drain=6s");
      progress.say("helm upgrade with agent.drain=6s: operator and agent Ready again");
      programs.await(PROGRAM, LIMIT, Programs.ready());
      var _ = record(chart);
      progress.say("the new agent's records are in the file sink");

      var _ = chart.uninstall();
      progress.say("helm uninstall, which takes the program along");
      chart.awaitGone();
      List<String> left = new ArrayList<>(cluster.node().list(BPFFS));
      left.removeAll(pins);
      requireNothing("bpffs of the node", left);
      progress.say("cluster as before, but for the custom resource definitions, which Helm keeps");
    }
    progress.say("cluster removed");
    Waiting.until(
        "programs, maps and links gone", LIMIT, () -> KernelObjects.now().among(running).isEmpty());
    requireNothing("machine", MachineState.now().since(machine));
    progress.say("kernel and machine as before");
    return 0;
  }

  private void sayRights(ChartInstallation chart) {
    PodProcess agent =
        PodProcess.of(chart.agent())
            .orElseThrow(() -> new ClusterException("The agent does not run on this machine."));
    if (agent.effectiveCapabilities() != BPF_AND_PERFMON) {
      throw new IllegalStateException(
          "The agent has capabilities %x instead of BPF and PERFMON (%x)."
              .formatted(agent.effectiveCapabilities(), BPF_AND_PERFMON));
    }
    progress.say("the agent has the capabilities BPF and PERFMON and no others");
  }

  private static String count(Map<Kind, SortedSet<Integer>> objects) {
    return "%d programs, %d maps, %d links"
        .formatted(
            count(objects, Kind.PROGRAM), count(objects, Kind.MAP), count(objects, Kind.LINK));
  }

  private static int count(Map<Kind, SortedSet<Integer>> objects, Kind kind) {
    return Optional.ofNullable(objects.get(kind)).map(SortedSet::size).orElse(0);
  }

  /**
   * Causes forks until those of one round are all told of in the sink: what is forked while no
   * agent runs is told of late.
   */
  private static List<String> record(ChartInstallation chart) {
    return Waiting.get(
        "the records of the forked children",
        LIMIT,
        () -> {
          Forks forks = Forks.cause(RECORDS);
          try {
            return Optional.of(
                Waiting.get("the records", ROUND, () -> linesOfAll(forks, chart.sink(PROGRAM))));
          } catch (Waiting.TimeoutException notThisRound) {
            return Optional.empty();
          }
        });
  }

  private static Optional<List<String>> linesOfAll(Forks forks, Optional<String> sink) {
    return sink.map(text -> Demo.linesOf(forks, text)).filter(lines -> lines.size() >= RECORDS);
  }

  static void requireNothing(String where, List<String> left) {
    if (!left.isEmpty()) {
      throw new IllegalStateException(
          "Left behind in the " + where + ": " + String.join("; ", left));
    }
  }
}

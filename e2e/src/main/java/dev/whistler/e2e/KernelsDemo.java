package dev.whistler.e2e;

import dev.whistler.crds.WhistlerProgram;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.crds.WhistlerProgramStatus.Build;
import dev.whistler.testbed.Repository;
import dev.whistler.testbed.cluster.ClusterSize;
import dev.whistler.testbed.cluster.TestCluster;
import dev.whistler.testbed.guest.GuestException;
import dev.whistler.testbed.guest.GuestKernels;
import dev.whistler.testbed.install.ChartInstallation;
import dev.whistler.testbed.install.GuestNode;
import dev.whistler.testbed.install.GuestNodes;
import dev.whistler.testbed.install.Programs;
import dev.whistler.testbed.install.StatusTable;
import dev.whistler.testbed.machine.MachineState;
import dev.whistler.testbed.process.Progress;
import dev.whistler.testbed.process.TemporaryDirectory;
import dev.whistler.testbed.process.Waiting;
import dev.whistler.testbed.workload.Forks;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code ./whistler demo --kernels}: the life of an installation on three kernels in one cluster.
 * The chart is installed with Helm; its agent runs in a pod of this machine's node. Two QEMU guests
 * with Debian's newest 6.1 and 6.12 are nodes, too, and run the agent's image. Each node's records
 * are compared with the truth from inside that node.
 */
final class KernelsDemo {

  private static final String PROGRAM = "forks";
  private static final String BPFFS = "/sys/fs/bpf";
  private static final int CHILDREN = 3;

  /** Nodes with this label run the agent in a pod; the others have no kubelet. */
  private static final String RUNS_PODS = "whistler-pods";

  private static final String AGENTS_IN_PODS = "agent.nodeSelector." + RUNS_PODS + "=here";

  /** Generous: the guests are emulated. */
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private final Progress progress;

  KernelsDemo(Progress progress) {
    this.progress = progress;
  }

  /**
   * Shows it all and removes it again.
   *
   * @return 0, or 1 when a record is not what happened
   * @throws IllegalStateException when something is left behind
   */
  int show() throws GuestException, IOException {
    Repository repository = Repository.find();
    GuestKernels kernels = GuestKernels.inUserCache();
    GuestKernels.GuestKernel older = kernels.newest("6.1");
    GuestKernels.GuestKernel newer = kernels.newest("6.12");
    progress.say("kernels of the guests: Linux " + older.release() + " and " + newer.release());
    MachineState machine = MachineState.now();
    int wrong = 0;
    try (TestCluster cluster = TestCluster.start(repository, ClusterSize.FULL, progress);
        TemporaryDirectory files = TemporaryDirectory.create("whistler-demo-");
        GuestNodes guests =
            new GuestNodes(
                cluster, repository, ChartInstallation.NAMESPACE, files.path(), files.path())) {
      String here = cluster.node().name();
      cluster.client().nodes().withName(here).edit(KernelsDemo::withPods);
      ChartInstallation chart = ChartInstallation.on(cluster, repository, progress);
      List<String> pins = cluster.node().list(BPFFS);
      chart.install(AGENTS_IN_PODS);
      progress.say("helm install: operator and agent of " + here + " Ready");
      GuestNode old = guests.add("node-6-1", Map.of());
      GuestNode middle = guests.add("node-6-12", Map.of());
      old.start(older);
      middle.start(newer);
      for (GuestNode guest : List.of(old, middle)) {
        guest.awaitBooted();
        progress.say(guest.name() + " runs Linux " + guest.release());
      }
      for (GuestNode guest : List.of(old, middle)) {
        guest.awaitReady();
        progress.say("agent of " + guest.name() + " ready");
      }

      Programs programs = new Programs(cluster.client());
      programs.apply(PROGRAM, Files.readString(repository.example("forks.lisp")), null);
      progress.say("applied examples/forks.lisp as WhistlerProgram forks");
      WhistlerProgramStatus status;
      try {
        status = programs.await(PROGRAM, LIMIT, Programs.ready().and(KernelsDemo::isEverywhere));
      } catch (Waiting.TimeoutException e) {
        return explain(programs);
      }
      progress.say("it runs on three nodes");
      System.out.println();
      System.out.println(StatusTable.of(cluster.client()));
      status.builds().forEach(build -> System.out.println(line(build)));
      System.out.println();

      wrong += compare(here, Forks.cause(CHILDREN), forks -> linesHere(chart, forks));
      for (GuestNode guest : List.of(old, middle)) {
        wrong +=
            compare(
                guest.name(),
                guest.forks(CHILDREN),
                forks -> guest.awaitSinkLines(PROGRAM, parentOf(forks), CHILDREN));
      }
      System.out.println();

      chart.upgrade(AGENTS_IN_PODS, "agent.drain=6s");
      programs.await(PROGRAM, LIMIT, Programs.ready().and(KernelsDemo::isEverywhere));
      progress.say("helm upgrade with agent.drain=6s: Ready again on three nodes");
      var _ = chart.uninstall();
      chart.awaitGone();
      progress.say("helm uninstall, which takes the program along on all nodes");
      List<String> left = new ArrayList<>(cluster.node().list(BPFFS));
      left.removeAll(pins);
      FullDemo.requireNothing("bpffs of the node", left);
    }
    progress.say("guests and cluster removed");
    FullDemo.requireNothing("machine", MachineState.now().since(machine));
    progress.say("machine as before");
    return wrong == 0 ? 0 : 1;
  }

  private static Node withPods(Node node) {
    return new NodeBuilder(node)
        .editMetadata()
        .addToLabels(RUNS_PODS, "here")
        .endMetadata()
        .build();
  }

  private static boolean isEverywhere(WhistlerProgramStatus status) {
    return status.nodes() != null && status.nodes().ready() == 3;
  }

  private static String line(Build build) {
    return "object %s: %d instructions, %d node%s, Linux %s"
        .formatted(
            build.artifact(),
            build.instructions(),
            build.nodes(),
            build.nodes() == 1 ? "" : "s",
            String.join(", ", build.kernels()));
  }

  /** Where the records of some forks are. */
  @FunctionalInterface
  private interface Sink {
    List<String> linesOf(Forks forks);
  }

  /** How many of a node's children are not told of exactly once. */
  private int compare(String node, Forks forks, Sink sink) {
    List<String> lines = sink.linesOf(forks);
    lines.forEach(System.out::println);
    List<String> missing = new ArrayList<>();
    for (int child : forks.children()) {
      long told = lines.stream().filter(line -> line.contains("\"pid\":" + child + ",")).count();
      if (told != 1) {
        missing.add("%d told of %d times".formatted(child, told));
      }
    }
    progress.say(
        missing.isEmpty()
            ? String.format(
                Locale.ROOT,
                "%s: process %d forked %d children there, and these are their records",
                node,
                forks.parent(),
                forks.children().size())
            : node + ": wrong: " + missing);
    return missing.size();
  }

  private static String parentOf(Forks forks) {
    return "\"parent\":" + forks.parent() + ",";
  }

  private static List<String> linesHere(ChartInstallation chart, Forks forks) {
    return Waiting.get(
        "the records of this machine's node",
        LIMIT,
        () ->
            chart
                .sink(PROGRAM)
                .map(text -> text.lines().filter(l -> l.contains(parentOf(forks))).toList())
                .filter(lines -> lines.size() >= forks.children().size()));
  }

  private static int explain(Programs programs) {
    System.err.println("whistler: the program does not become ready on three nodes.");
    programs
        .get(PROGRAM)
        .map(WhistlerProgram::getStatus)
        .ifPresent(
            status ->
                status
                    .conditions()
                    .forEach(
                        c -> System.err.println(c.type() + "=" + c.status() + ": " + c.message())));
    return 1;
  }
}

package dev.whistler.e2e;

import dev.whistler.crds.WhistlerProgram;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.crds.WhistlerProgramStatus.Build;
import dev.whistler.e2e.cluster.TestCluster;
import dev.whistler.e2e.guest.GuestException;
import dev.whistler.e2e.guest.GuestKernels;
import dev.whistler.e2e.install.AgentProcess;
import dev.whistler.e2e.install.GuestNode;
import dev.whistler.e2e.install.Installation;
import dev.whistler.e2e.install.Programs;
import dev.whistler.e2e.install.QuarkusProcess;
import dev.whistler.e2e.install.StatusTable;
import dev.whistler.e2e.process.Progress;
import dev.whistler.e2e.process.TemporaryDirectory;
import dev.whistler.e2e.process.Waiting;
import dev.whistler.e2e.workload.Forks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * {@code ./whistler demo --kernels}: one program on three kernels in one cluster. This machine is a
 * node with its own kernel; two QEMU guests are nodes with Debian's newest 6.1 and 6.12. Each
 * node's records are compared with the truth from inside that node.
 */
final class KernelsDemo {

  private static final String PROGRAM = "forks";
  private static final String HERE = "node-here";
  private static final int CHILDREN = 3;

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
   */
  int show() throws GuestException, IOException {
    Repository repository = Repository.find();
    GuestKernels kernels = GuestKernels.inUserCache();
    GuestKernels.GuestKernel older = kernels.newest("6.1");
    GuestKernels.GuestKernel newer = kernels.newest("6.12");
    progress.say("kernels of the guests: Linux " + older.release() + " and " + newer.release());
    int wrong = 0;
    TestCluster cluster = TestCluster.start(repository, progress);
    try (cluster;
        TemporaryDirectory logs = TemporaryDirectory.create("whistler-demo-logs-");
        Installation installation = Installation.on(cluster, repository, logs.path())) {
      progress.say("custom resources installed");
      QuarkusProcess operator = installation.startOperator();
      AgentProcess here = installation.startAgent(HERE, Map.of());
      List<GuestNode> guests =
          List.of(
              installation.addGuest("node-6-1", Map.of()),
              installation.addGuest("node-6-12", Map.of()));
      guests.get(0).start(older);
      guests.get(1).start(newer);
      progress.say("guests are booting");
      operator.awaitReady();
      here.process().awaitReady();
      progress.say("operator and agent of " + HERE + " ready");
      for (GuestNode guest : guests) {
        guest.awaitBooted();
        progress.say(guest.name() + " runs Linux " + guest.release());
      }
      for (GuestNode guest : guests) {
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

      wrong += compare(HERE, Forks.cause(CHILDREN), forks -> linesHere(here, forks));
      for (GuestNode guest : guests) {
        wrong +=
            compare(
                guest.name(),
                guest.forks(CHILDREN),
                forks -> guest.awaitSinkLines(PROGRAM, parentOf(forks), CHILDREN));
      }
      System.out.println();
      programs.delete(PROGRAM, LIMIT);
      progress.say("program deleted");
    }
    progress.say("everything removed");
    return wrong == 0 ? 0 : 1;
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

  private static List<String> linesHere(AgentProcess agent, Forks forks) {
    return Waiting.get(
        "the records of " + agent.node(),
        LIMIT,
        () -> {
          List<String> lines =
              read(agent.sinkFile(PROGRAM))
                  .lines()
                  .filter(l -> l.contains(parentOf(forks)))
                  .toList();
          return lines.size() >= forks.children().size() ? Optional.of(lines) : Optional.empty();
        });
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException notThereYet) {
      return "";
    }
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

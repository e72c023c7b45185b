package dev.whistler.testbed.bench.operator;

import dev.whistler.crds.NodeReason;
import dev.whistler.testbed.Repository;
import dev.whistler.testbed.bench.operator.OperatorResults.Span;
import dev.whistler.testbed.cluster.TestCluster;
import dev.whistler.testbed.install.Installation;
import dev.whistler.testbed.install.ProcessOptions;
import dev.whistler.testbed.install.Programs;
import dev.whistler.testbed.install.QuarkusProcess;
import dev.whistler.testbed.process.Progress;
import dev.whistler.testbed.process.Teardown;
import dev.whistler.testbed.process.Waiting;
import dev.whistler.testbed.simulator.Simulator;
import dev.whistler.testbed.simulator.SimulatorOptions;
import dev.whistler.testbed.simulator.SyntheticKernel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

/** A cluster, an operator and simulated agents, and what happens to them, in order. */
public final class OperatorRun implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(10);

  /** 5,000 nodes report 100 programs each, all on one machine. */
  private static final Duration FIRST_LIMIT = Duration.ofMinutes(40);

  private static final Duration QUIET_LIMIT = Duration.ofMinutes(4);
  private static final Duration QUIET_STEP = Duration.ofSeconds(5);
  private static final String COMPILATIONS = "whistler_operator_";
  private static final int TENTH = 10;
  private static final int FALSE_KERNELS = 30;

  /** The operator writes what it asks for at most every 100 ms. */
  private static final Duration FLOOD_PAUSE = Duration.ofMillis(200);

  private static final double NANOS = 1e9;

  private final OperatorEffort effort;
  private final RawData raw;
  private final Progress progress;
  private final Teardown teardown = new Teardown();
  private final TestCluster cluster;
  private final QuarkusProcess operator;
  private final Simulator simulator;
  private final ProgramWatch watch;
  private final Programs programs;
  private final double joinSeconds;
  private int edits;

  /**
   * Starts everything; on failure nothing is left.
   *
   * @param logs an existing directory for the operator's log
   */
  public OperatorRun(
      Repository repository, OperatorEffort effort, RawData raw, Path logs, Progress progress) {
    this.effort = effort;
    this.raw = raw;
    this.progress = progress;
    try {
      cluster = TestCluster.start(repository, progress);
      teardown.add("cluster", cluster::close);
      Installation installation = Installation.on(cluster, repository, logs);
      teardown.add("installation", installation::close);
      operator =
          installation.startOperator(
              "operator",
              ProcessOptions.NONE
                  .with(Map.of("whistler.wanted-profiles", String.valueOf(effort.kernels() + 1)))
                  .withJvm(List.of("-Xmx" + effort.heapMegabytes() + "m")));
      operator.awaitReady();
      long begun = System.nanoTime();
      simulator =
          Simulator.start(cluster.client(), Installation.NAMESPACE, options(effort), progress);
      teardown.add("simulator", simulator::close);
      joinSeconds = secondsSince(begun);
      watch = new ProgramWatch(cluster.client());
      teardown.add("watch", watch::close);
      programs = new Programs(cluster.client());
    } catch (RuntimeException e) {
      teardown.close();
      throw e;
    }
  }

  private static SimulatorOptions options(OperatorEffort effort) {
    SimulatorOptions usual = SimulatorOptions.of(effort.nodes(), effort.kernels());
    return new SimulatorOptions(
        effort.nodes(),
        effort.kernels(),
        effort.events(),
        usual.answerDelay(),
        usual.leaseDuration(),
        usual.nodeBytes());
  }

  /** Goes through all of it. */
  public OperatorResults measure() {
    double firstReady = applyAll();
    StoredObjects stored = StoredObjects.now(cluster.client());
    note("stored", Map.of("counts", stored.counts(), "answerSets", stored.answerSets()));
    Map<String, Double> counted = operatorSays(COMPILATIONS);
    List<Double> artifacts = new ArrayList<>();
    List<Double> ready = new ArrayList<>();
    var _ =
        span(
            "edits",
            () -> {
              for (int i = 0; i < effort.repeats(); i++) {
                edit(i % effort.programs(), artifacts, ready);
              }
            });
    List<Double> degraded = new ArrayList<>();
    for (int i = 0; i < effort.repeats(); i++) {
      degraded.add(failOne(i));
    }
    awaitQuiet();
    Span rest = rest();
    long live = ProcessUsage.liveBytes(operator.process().pid());
    long resident = ProcessUsage.residentBytes(operator.process().pid());
    note("memory", Map.of("liveBytes", live, "residentBytes", resident));
    Span reboot = reboot();
    OperatorResults.Flood flood = flood();
    StoredObjects end = StoredObjects.now(cluster.client());
    double storedBytes = ApiLoad.now(cluster.client()).storedBytes();
    note(
        "end",
        Map.of(
            "counts", end.counts(),
            "largest", end.largest(),
            "etcdBytes", storedBytes,
            "agents", simulator.requests(),
            "problems", simulator.problems(),
            "operator", operatorSays("")));
    return new OperatorResults(
        effort,
        joinSeconds,
        firstReady,
        expectedAnswerSets(),
        stored,
        counted,
        artifacts,
        ready,
        degraded,
        rest,
        reboot,
        flood,
        end.largest(),
        storedBytes,
        live,
        resident,
        simulator.requests(),
        simulator.problems());
  }

  private long expectedAnswerSets() {
    return IntStream.range(0, effort.programs())
        .mapToLong(number -> ProgramCorpus.answerSets(number, effort.kernels()))
        .sum();
  }

  private Map<String, Double> operatorSays(String prefix) {
    return MetricsText.parse(operator.get("/metrics")).beginningWith(prefix);
  }

  private double applyAll() {
    long begun = System.nanoTime();
    for (int i = 0; i < effort.programs(); i++) {
      programs.apply(ProgramCorpus.name(i), ProgramCorpus.source(i, 0), null);
    }
    long end =
        watch.await(
            "all programs ready on all nodes",
            FIRST_LIMIT,
            () ->
                IntStream.range(0, effort.programs())
                    .allMatch(i -> runsEverywhere(i, 1, effort.kernels())));
    double seconds = (end - begun) / NANOS;
    note("first", Map.of("programs", effort.programs(), "readySeconds", seconds));
    return seconds;
  }

  private boolean runsEverywhere(int program, long generation, int kernels) {
    return watch.is(
        ProgramCorpus.name(program),
        generation,
        Programs.ready()
            .and(
                status ->
                    status.nodes() != null
                        && status.nodes().ready() == effort.nodes()
                        && status.nodes().kernels() == kernels));
  }

  private void edit(int program, List<Double> artifacts, List<Double> ready) {
    String name = ProgramCorpus.name(program);
    long revision = watch.newestRevision(name) + 1;
    long begun = System.nanoTime();
    programs.apply(name, ProgramCorpus.source(program, ++edits), null);
    long generation = programs.get(name).orElseThrow().getMetadata().getGeneration();
    long written =
        watch.await(
            name + " built for all kernels",
            LIMIT,
            () -> watch.isWritten(name, revision, effort.kernels()));
    long end =
        watch.await(
            name + " ready on all nodes",
            LIMIT,
            () -> runsEverywhere(program, generation, effort.kernels()));
    artifacts.add((written - begun) / NANOS);
    ready.add((end - begun) / NANOS);
    note(
        "edit",
        Map.of(
            "program", name,
            "artifactsSeconds", artifacts.getLast(),
            "readySeconds", ready.getLast()));
  }

  private double failOne(int number) {
    String node = simulator.names().get(number * 7 % effort.nodes());
    String program = ProgramCorpus.name(number % effort.programs());
    long begun = System.nanoTime();
    simulator.fail(
        node, program, NodeReason.VERIFIER_REJECTED, "The kernel's verifier refused the program.");
    long end =
        watch.await(
            program + " degraded", LIMIT, () -> watch.is(program, 0, ProgramWatch.degraded(true)));
    simulator.heal(node, program);
    var _ =
        watch.await(
            program + " well again",
            LIMIT,
            () -> watch.is(program, 0, ProgramWatch.degraded(false)));
    double seconds = (end - begun) / NANOS;
    note("failure", Map.of("program", program, "node", node, "degradedSeconds", seconds));
    return seconds;
  }

  /** Until nothing but Leases is written for a while, also by Kubernetes' own controllers. */
  private void awaitQuiet() {
    long begun = System.nanoTime();
    ApiLoad[] last = {ApiLoad.now(cluster.client())};
    Waiting.until(
        "writes of nothing but Leases",
        QUIET_LIMIT,
        () -> {
          if (System.nanoTime() - last[0].nanos() < QUIET_STEP.toNanos()) {
            return false;
          }
          ApiLoad now = ApiLoad.now(cluster.client());
          Map<String, Double> writes = ApiLoad.writes(now.since(last[0]));
          writes.keySet().removeIf(what -> what.contains(" leases"));
          last[0] = now;
          if (!writes.isEmpty()) {
            note("stillWritten", Map.of("writes", writes));
          }
          return writes.isEmpty();
        });
    note("quiet", Map.of("afterSeconds", secondsSince(begun)));
  }

  /** As long as asked for, and on until each agent has renewed its Lease as often. */
  private Span rest() {
    long seconds = effort.rest().toSeconds();
    long renewal = options(effort).renewal().toSeconds();
    Duration whole = Duration.ofSeconds((seconds + renewal - 1) / renewal * renewal);
    return span(
        "rest",
        () -> {
          long end = System.nanoTime() + whole.toNanos();
          Waiting.until(
              "the end of the rest", whole.plusMinutes(1), () -> System.nanoTime() - end >= 0);
        });
  }

  private Span reboot() {
    List<String> some = new ArrayList<>();
    for (int i = 0; i < effort.nodes(); i += TENTH) {
      some.add(simulator.names().get(i));
    }
    SyntheticKernel kernel = SyntheticKernel.numbered(effort.kernels(), effort.events());
    return span(
        "reboot",
        () -> {
          simulator.reboot(some, kernel);
          var _ =
              watch.await(
                  "all programs ready on nodes with the new kernel",
                  LIMIT,
                  () ->
                      IntStream.range(0, effort.programs())
                          .allMatch(i -> runsEverywhere(i, 0, effort.kernels() + 1)));
        });
  }

  /** Whoever has stolen a node's token announces kernels, and another's program is changed. */
  private OperatorResults.Flood flood() {
    String stolen = simulator.names().getLast();
    String name = ProgramCorpus.name(0);
    long revision = watch.newestRevision(name) + 1;
    int kernels = effort.kernels() + 1;
    List<String> said;
    long begun;
    long end;
    try (ExecutorService thief = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<List<String>> lies =
          thief.submit(() -> simulator.flood(stolen, FALSE_KERNELS, FLOOD_PAUSE));
      begun = System.nanoTime();
      programs.apply(name, ProgramCorpus.source(0, ++edits), null);
      end =
          watch.await(
              name + " built for all true kernels during a flood",
              LIMIT,
              () -> watch.isWritten(name, revision, kernels));
      said = lies.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("A node cannot lie: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted during a flood.", e);
    }
    simulator.confess(stolen);
    var _ =
        watch.await(
            "all programs ready after a flood",
            LIMIT,
            () ->
                IntStream.range(0, effort.programs()).allMatch(i -> runsEverywhere(i, 0, kernels)));
    said.retainAll(simulator.askedFor());
    OperatorResults.Flood flood =
        new OperatorResults.Flood(FALSE_KERNELS, said.size(), (end - begun) / NANOS);
    note(
        "flood",
        Map.of(
            "announced", flood.announced(),
            "askedFor", flood.askedFor(),
            "artifactsSeconds", flood.artifactsSeconds()));
    return flood;
  }

  private Span span(String what, Runnable work) {
    ApiLoad before = ApiLoad.now(cluster.client());
    Map<String, Double> processors = ProcessUsage.processorSecondsOfAll();
    double ours = ProcessUsage.processorSeconds(operator.process().pid());
    work.run();
    double took = ProcessUsage.processorSeconds(operator.process().pid()) - ours;
    ApiLoad after = ApiLoad.now(cluster.client());
    Map<String, Double> used = new TreeMap<>();
    ProcessUsage.processorSecondsOfAll()
        .forEach(
            (process, seconds) ->
                used.put(process, seconds - processors.getOrDefault(process, 0.0)));
    used.put("operator", took);
    used.remove("java");
    Span span = new Span((after.nanos() - before.nanos()) / NANOS, after.since(before), used);
    note(
        what,
        Map.of(
            "seconds", span.seconds(),
            "requests", span.requests(),
            "processorSeconds", span.processorSeconds()));
    return span;
  }

  private void note(String what, Map<String, ?> values) {
    raw.add(what, values);
    Map<String, Object> shown = new TreeMap<>(values);
    shown.values().removeIf(value -> value instanceof Map || value instanceof List<?>);
    progress.say(what + " " + shown);
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / NANOS;
  }

  @Override
  public void close() {
    teardown.close();
  }
}

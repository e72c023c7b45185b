package dev.whistler.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.crds.Selector;
import dev.whistler.crds.WhistlerProgram;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.e2e.system.AuditLog.Request;
import dev.whistler.testbed.cluster.RunningCluster.ApiServerSwitch;
import dev.whistler.testbed.install.ProcessOptions;
import dev.whistler.testbed.install.Programs;
import dev.whistler.testbed.install.QuarkusProcess;
import dev.whistler.testbed.process.Waiting;
import dev.whistler.testbed.workload.Forks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The API server dies and is away for a while: nothing wrong is said of it afterwards, nothing is
 * lost on nodes, and nobody hammers at the door.
 */
@ExtendWith(SystemExtension.class)
final class OutageIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration OUTAGE = Duration.ofSeconds(Long.getLong("whistler.outage", 8));

  /** Nobody waits for long only because the outage was long. */
  private static final Duration BACK = Duration.ofSeconds(25);

  /** In which what is wrong in a status would be put right again, and be seen to have been. */
  private static final Duration SETTLED = Duration.ofSeconds(3);

  private static final Selector HERE = Selector.label("zone", "here");

  /** Of a node whose agent would count as silent, were the time of the outage its own. */
  private static final String SHORT_LEASE = "6s";

  private static final String NODE = "node-outage";

  /** As Java prints where an exception comes from. */
  private static final Pattern STACK_TRACE = Pattern.compile("(?m)^\\s+at [\\w.$/]+\\(.*\\)$");

  /** Each has five to ten watches, tries each again after a second at most, and then less often. */
  private static final double ATTEMPTS_A_SECOND = 20;

  /** Of a processor. */
  private static final double SHARE = 0.5;

  private static final int LINES = 40;

  /**
   * All lists, watches and writes that one process sends when it has found the API server again.
   */
  private static final int REQUESTS = 120;

  @Test
  void anApiServerThatDiesIsWaitedFor(WhistlerSystem system) {
    Optional<ApiServerSwitch> found = system.cluster().apiServer();
    assumeTrue(found.isPresent(), "this provider's API server cannot be stopped alone");
    ApiServerSwitch apiServer = found.get();
    String running = "through-outage";
    String fresh = "after-outage";
    String elsewhere = "through-outage-elsewhere";
    String midway = "edited-before-outage";
    try (ExtraAgent impatient =
        ExtraAgent.start(
            system, NODE, ProcessOptions.NONE.with(Map.of("whistler.lease", SHORT_LEASE)))) {
      impatient.awaitReady();
      system.apply(running, WhistlerSystem.example("forks.lisp"), HERE);
      system.apply(elsewhere, WhistlerSystem.example("forks.lisp"), Selector.label("zone", NODE));
      system.apply(midway, WhistlerSystem.example("forks.lisp"), HERE);
      List.of(running, elsewhere, midway).forEach(system::awaitReady);
      Map<String, WhistlerProgramStatus> before = statuses(system, running, elsewhere);
      Bystander operator = Bystander.of("operator", system.operator());
      Bystander agent = Bystander.of("agent", system.agent().process());
      List<Forks> caused = new ArrayList<>();
      Map<String, Integer> attempts;
      // Of which some is written, and the rest is not.
      system.apply(midway, WhistlerSystem.example("forks.lisp") + "; edited", HERE);
      apiServer.kill();
      try {
        pass(OUTAGE.dividedBy(2), caused);
        try (DeafPort deaf =
            new DeafPort(
                URI.create(system.client().getConfiguration().getMasterUrl()),
                Map.of("operator", operator.pid(), "agent", agent.pid()))) {
          pass(OUTAGE.dividedBy(2), caused);
          attempts = deaf.attempts();
        }
        caused.forEach(forks -> awaitChildren(system, running, forks));
        operator.assertCalm(OUTAGE);
        agent.assertCalm(OUTAGE);
      } finally {
        // What comes after a failure needs it, too.
        apiServer.start();
      }
      long returned = System.nanoTime();
      int asked = AuditLog.of(system.cluster()).requests().size();

      system.apply(fresh, WhistlerSystem.example("forks.lisp"), HERE);
      system.awaitReady(fresh);
      system.await(
          midway,
          "Ready with its edit",
          Programs.ready().and(it -> Objects.equals(it.currentRevision(), 2L)));
      Duration back = Duration.ofNanos(System.nanoTime() - returned);
      Forks afterwards = Forks.cause(10);
      caused.add(afterwards);
      awaitChildren(system, fresh, afterwards);
      caused.forEach(forks -> awaitChildren(system, running, forks));
      caused.forEach(
          forks ->
              assertThat(Records.children(system.agent().sinkFile(running), forks))
                  .as("each once")
                  .containsExactlyInAnyOrderElementsOf(forks.children()));
      Waiting.until(
          "all that was produced is delivered or counted",
          LIMIT,
          () -> allIsCounted(Metrics.of(system), running));
      await("the status stays as it was, times included")
          .during(SETTLED)
          .atMost(SETTLED.multipliedBy(2))
          .untilAsserted(() -> assertThat(statuses(system, running, elsewhere)).isEqualTo(before));

      Map<String, Long> requests =
          AuditLog.of(system.cluster()).requests().stream()
              .skip(asked)
              .filter(request -> request.user().contains(":whistler-"))
              .collect(Collectors.groupingBy(Request::user, TreeMap::new, Collectors.counting()));
      System.err.printf(
          "outage of %d s, all is done %d ms after it: attempts to connect in half of it: %s; %s;"
              + " %s; requests after it: %s%n",
          OUTAGE.toSeconds(),
          back.toMillis(),
          attempts,
          operator.summary(),
          agent.summary(),
          requests);
      operator.assertUnharmed();
      agent.assertUnharmed();
      assertThat(back).as("until all is done that was asked for").isLessThan(BACK);
      assertThat(attempts.values())
          .as("attempts to connect: %s", attempts)
          .allMatch(count -> count < ATTEMPTS_A_SECOND * OUTAGE.toSeconds() / 2);
      assertThat(requests).hasSize(2);
      assertThat(requests.values()).allMatch(count -> count <= REQUESTS);
    } finally {
      List.of(fresh, running, elsewhere, midway).forEach(system::delete);
    }
  }

  /** Events on the node, one batch a second. */
  private static void pass(Duration time, List<Forks> caused) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() - end < 0) {
      caused.add(Forks.cause(10));
      try {
        Thread.sleep(Duration.ofSeconds(1));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  private static Map<String, WhistlerProgramStatus> statuses(
      WhistlerSystem system, String... programs) {
    return Stream.of(programs)
        .collect(
            Collectors.toMap(
                Function.identity(),
                it -> system.programs().get(it).map(WhistlerProgram::getStatus).orElseThrow()));
  }

  private static void awaitChildren(WhistlerSystem system, String program, Forks forks) {
    Waiting.until(
        forks.children().size() + " children in " + program,
        LIMIT,
        () ->
            Records.children(system.agent().sinkFile(program), forks)
                .containsAll(forks.children()));
  }

  private static boolean allIsCounted(Metrics page, String program) {
    long decoded = page.sum("whistler_records_decoded_total", program);
    return decoded > 0
        && page.sum("whistler_records_produced_total", program)
            == decoded
                + page.sum("whistler_records_undecodable_total", program)
                + page.sum("whistler_records_in_ring", program)
        && decoded
            == page.sum("whistler_sink_records_delivered_total", program)
                + page.sum("whistler_sink_records_filtered_total", program)
                + page.sum("whistler_sink_records_lost_total", program)
                + page.sum("whistler_sink_records_queued", program);
  }

  /** One of our processes, from when it was looked at. */
  private record Bystander(
      String name, QuarkusProcess process, long pid, double processor, long logged) {
    static Bystander of(String name, QuarkusProcess process) {
      try {
        return new Bystander(
            name,
            process,
            process.process().pid(),
            processorSeconds(process),
            Files.size(process.process().log()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static double processorSeconds(QuarkusProcess process) {
      return ProcessHandle.of(process.process().pid())
              .flatMap(it -> it.info().totalCpuDuration())
              .orElseThrow()
              .toMillis()
          / 1e3;
    }

    private String log() {
      try {
        byte[] all = Files.readAllBytes(process.process().log());
        int from = (int) logged;
        return new String(all, from, all.length - from, StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    String summary() {
      return "%s took %.1f s of a processor and said %d lines"
          .formatted(name, processorSeconds(process) - processor, log().lines().count());
    }

    /** It waits, and does not try again and again. */
    void assertCalm(Duration time) {
      assertThat(processorSeconds(process) - processor)
          .as(summary())
          .isLessThan(SHARE * time.toMillis() / 1e3);
    }

    void assertUnharmed() {
      assertThat(process.process().alive()).as(name).isTrue();
      assertThat(process.process().pid()).as(name).isEqualTo(pid);
      String log = log();
      assertThat(STACK_TRACE.matcher(log).find())
          .as("a stack trace of the %s: %s", name, log)
          .isFalse();
      assertThat(log.lines().count()).as(log).isLessThanOrEqualTo(LINES);
    }
  }
}

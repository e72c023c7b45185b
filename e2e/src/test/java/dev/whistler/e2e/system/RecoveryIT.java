package dev.whistler.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.sys.ObjectCalls.Kind;
import dev.whistler.crds.Selector;
import dev.whistler.testbed.machine.KernelObjects;
import dev.whistler.testbed.process.Waiting;
import dev.whistler.testbed.workload.Forks;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What dies comes back by itself, and nobody claims what was not delivered. */
@ExtendWith(SystemExtension.class)
final class RecoveryIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration BACK = Duration.ofSeconds(5);

  /** A machine that does something else for a while says nothing of the agent. */
  private static final int RESTARTS = 5;

  private static final Selector HERE = Selector.label("zone", "here");

  @Test
  void aKilledAgentWorksAgainWithinFiveSecondsOfItsRestart(WhistlerSystem system) throws Exception {
    String program = "survivor";
    Path file = system.agent().sinkFile(program);
    KernelObjects before = KernelObjects.now();
    system.apply(program, WhistlerSystem.example("forks.lisp"), HERE);
    try {
      system.awaitReady(program);
      Forks first = Forks.cause(10);
      awaitDelivered(file, first, LIMIT);

      List<Duration> back = new ArrayList<>();
      List<Integer> unseen = new ArrayList<>();
      do {
        system.agent().process().kill();
        Waiting.until(
            "the kernel has let go of the dead agent's programs",
            LIMIT,
            () -> !KernelObjects.now().since(before).containsKey(Kind.LINK));
        unseen.addAll(Forks.cause(10).children());
        back.add(restart(system, file));
        system.agent().process().awaitReady();
      } while (back.getLast().compareTo(BACK) > 0 && back.size() < RESTARTS);
      System.err.printf("agent works again after its restart: %s%n", back);

      assertThat(back.getLast())
          .as("from restart to records, of %s", back)
          .isLessThanOrEqualTo(BACK);
      assertThat(Records.in(file).stream().map(r -> r.at("/data/pid").asInt()))
          .as("what happened while nobody watched is not in the sink")
          .doesNotContainAnyElementsOf(unseen);
      Metrics page = Metrics.of(system);
      assertThat(page.sum("whistler_sink_records_delivered_total", program))
          .as("and is not counted as delivered")
          .isEqualTo(page.sum("whistler_records_decoded_total", program));
      system.awaitReady(program);
    } finally {
      system.delete(program);
    }
    assertThat(KernelObjects.now().since(before)).isEmpty();
  }

  /** How long it takes until forks appear in the sink again. */
  private static Duration restart(WhistlerSystem system, Path file) {
    system.agent().process().restart();
    long restarted = System.nanoTime();
    Waiting.until(
        "records after the restart",
        LIMIT,
        () -> delivered(file, Forks.cause(1), Duration.ofMillis(200)).isPresent());
    return Duration.ofNanos(System.nanoTime() - restarted);
  }

  private static void awaitDelivered(Path file, Forks forks, Duration limit) {
    Waiting.until(
        forks.children().size() + " children in " + file.getFileName(),
        limit,
        () -> Records.children(file, forks).containsAll(forks.children()));
  }

  private static Optional<Forks> delivered(Path file, Forks forks, Duration limit) {
    try {
      awaitDelivered(file, forks, limit);
      return Optional.of(forks);
    } catch (Waiting.TimeoutException notYet) {
      return Optional.empty();
    }
  }
}

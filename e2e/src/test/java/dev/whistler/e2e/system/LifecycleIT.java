package dev.whistler.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.whistler.bpf.sys.ObjectCalls.Kind;
import dev.whistler.crds.ResourceCondition.Status;
import dev.whistler.crds.Selector;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.crds.WhistlerProgramStatus.SourceDiagnostic;
import dev.whistler.testbed.install.Programs;
import dev.whistler.testbed.machine.KernelObjects;
import dev.whistler.testbed.process.Waiting;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Mistakes, changes, deselection and deletion: what runs afterwards, and what is left. */
@ExtendWith(SystemExtension.class)
final class LifecycleIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final String COUNTS =
      """
      (defmap forks :type :percpu-array :key-size 4 :value-size 8 :max-entries 1)
      (defprog count (:type :tracepoint :section "tracepoint/sched/sched_process_fork")
        (incf (getmap forks 0))
        0)
      """;

  private static final String COUNTS_TWICE =
      COUNTS.replace("(incf (getmap forks 0))", "(incf (getmap forks 0) 2)");

  private static final String THREE_MISTAKES =
      """
      (defmap forks :type :percpu-array :key-size 4 :value-size 8 :max-entries 1)
      (defprog count (:type :tracepoint :section "tracepoint/sched/sched_process_fork")
        (incf (getmap froks 0))
        (frobnicate 1)
        nothing-of-that-name)
      """;

  @Test
  void threeMistakesAreAllNamedAndTheOldRevisionRunsOn(WhistlerSystem system) {
    String program = "mistakes";
    system.apply(program, COUNTS, null);
    try {
      system.awaitReady(program);
      KernelObjects running = KernelObjects.now();

      system.apply(program, THREE_MISTAKES, null);
      WhistlerProgramStatus status =
          system.await(program, "not compiled", Programs.condition("Compiled", Status.FALSE));
      assertThat(status.diagnostics())
          .extracting(SourceDiagnostic::line, SourceDiagnostic::column)
          .containsExactly(tuple(3, 17), tuple(4, 3), tuple(5, 3));
      assertThat(status.conditions())
          .filteredOn(c -> c.type().equals("Ready"))
          .singleElement()
          .satisfies(c -> assertThat(c.status()).isEqualTo(Status.FALSE));
      assertThat(system.revisions(program)).hasSize(1);
      assertThat(system.onNode(program))
          .hasValueSatisfying(
              p -> assertThat(Objects.requireNonNull(p.running()).revision()).isOne());
      assertThat(KernelObjects.now().ids().get(Kind.PROGRAM))
          .as("the old revision's programs are still the same ones")
          .isEqualTo(running.ids().get(Kind.PROGRAM));
    } finally {
      system.delete(program);
    }
  }

  @Test
  void aChangedSourceReplacesTheOldRevisionAndDeletionLeavesNothing(WhistlerSystem system) {
    String program = "changes";
    KernelObjects before = KernelObjects.now();
    system.apply(program, COUNTS, null);
    try {
      system.awaitReady(program);
      KernelObjects first = KernelObjects.now();
      // A tracepoint program runs behind an entry program, so that it can be replaced without a
      // gap.
      assertThat(first.since(before).get(Kind.PROGRAM)).hasSize(2);
      assertThat(first.since(before).get(Kind.LINK)).hasSize(1);

      system.apply(program, COUNTS_TWICE, null);
      WhistlerProgramStatus status = system.awaitReady(program);
      assertThat(status.currentRevision()).isEqualTo(2);
      Waiting.until(
          "the old revision is gone from the kernel",
          LIMIT,
          () -> {
            var since = KernelObjects.now().since(before);
            return since.containsKey(Kind.PROGRAM)
                && since.get(Kind.PROGRAM).size() == 2
                && !since.get(Kind.PROGRAM).equals(first.since(before).get(Kind.PROGRAM));
          });
    } finally {
      system.delete(program);
    }
    assertThat(KernelObjects.now().since(before))
        .as("no program, map, link or BTF of ours is left once the deletion is through")
        .isEmpty();
  }

  @Test
  void aDeselectedNodeUnloadsAndASelectedOneLoadsAgain(WhistlerSystem system) {
    String program = "selected";
    KernelObjects before = KernelObjects.now();
    system.apply(program, COUNTS, Selector.label("zone", "here"));
    try {
      system.awaitReady(program);
      assertThat(KernelObjects.now().since(before)).containsKey(Kind.PROGRAM);

      system.apply(program, COUNTS, Selector.label("zone", "elsewhere"));
      Waiting.until(
          "unloaded after deselection",
          LIMIT,
          () -> KernelObjects.now().since(before).isEmpty() && system.onNode(program).isEmpty());

      system.apply(program, COUNTS, Selector.label("zone", "here"));
      system.awaitReady(program);
      assertThat(KernelObjects.now().since(before)).containsKey(Kind.PROGRAM);
    } finally {
      system.delete(program);
    }
  }
}

package dev.whistler.agent.work;

import static dev.whistler.agent.work.Revisions.assignment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.Identity;
import dev.whistler.runtime.ProgramState;
import dev.whistler.runtime.RunningProgram;
import dev.whistler.runtime.StartException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is assigned runs, what is not assigned does not, and the old stays until the new runs. */
final class SupervisorTest {

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final List<String> journal = new CopyOnWriteArrayList<>();
  private final Map<Long, FakeProgram> loaded = new ConcurrentHashMap<>();
  private final Deque<Exception> failures = new ArrayDeque<>();
  private final Supervisor supervisor =
      new Supervisor(new FakeLoader(), Duration.ofSeconds(1), () -> {});
  private volatile boolean pins;
  private volatile Set<String> retained = Set.of();

  private final class FakeLoader implements Loader {
    @Override
    public RunningProgram load(Assignment assignment, @Nullable RunningProgram current)
        throws UnavailableException, StartException {
      RunningProgram started = start(assignment);
      if (current != null) {
        journal.add("replaced " + current.identity().revision());
      }
      return started;
    }

    @Override
    public void retain(Set<String> uids) {
      retained = Set.copyOf(uids);
    }
  }

  private RunningProgram start(Assignment assignment)
      throws Loader.UnavailableException, StartException {
    journal.add("load " + assignment.program() + " " + assignment.revision());
    synchronized (failures) {
      switch (failures.poll()) {
        case null -> {}
        case StartException refused -> throw refused;
        case Loader.UnavailableException unavailable -> throw unavailable;
        case RuntimeException unexpected -> throw unexpected;
        case Exception other -> throw new AssertionError(other);
      }
    }
    FakeProgram program =
        new FakeProgram(
            new Identity("node", assignment.program(), assignment.uid(), assignment.revision()),
            journal::add,
            pins);
    loaded.put(assignment.revision(), program);
    return program;
  }

  private void fail(Exception failure) {
    synchronized (failures) {
      failures.add(failure);
    }
  }

  private Optional<Work.Trouble> trouble() {
    return supervisor.works().getFirst().running().flatMap(Work.Current::trouble);
  }

  private WorkState state() {
    return supervisor.works().getFirst().state();
  }

  @AfterEach
  void close() {
    supervisor.close();
  }

  @Test
  void loadsOnceAndUnloadsWhatIsNotAssignedAnyMore() {
    supervisor.assign(List.of(assignment("forks", 1)));
    supervisor.assign(List.of(assignment("forks", 1)));
    supervisor.assign(List.of());
    await().atMost(LIMIT).until(() -> journal.contains("close forks 1"));
    assertThat(journal).containsExactly("load forks 1", "stop forks 1", "close forks 1");
    await().atMost(LIMIT).until(() -> supervisor.works().isEmpty());
    assertThat(supervisor.programs()).isEmpty();
  }

  @Test
  void aNewRevisionReplacesTheOldOne() {
    supervisor.assign(List.of(assignment("forks", 1)));
    supervisor.assign(List.of(assignment("forks", 2)));
    await().atMost(LIMIT).until(() -> journal.contains("replaced 1"));
    assertThat(journal).containsExactly("load forks 1", "load forks 2", "replaced 1");
    await().atMost(LIMIT).until(() -> state().equals(new WorkState.Running()));
  }

  @Test
  void whereTheNewRevisionIsRejectedTheOldOneGoesOn() {
    supervisor.assign(List.of(assignment("forks", 1)));
    await().atMost(LIMIT).until(() -> loaded.containsKey(1L));
    fail(new StartException(FailureReason.VERIFIER_REJECTED, "R1 may be null; check it."));
    supervisor.assign(List.of(assignment("forks", 2)));
    await()
        .atMost(LIMIT)
        .until(
            () ->
                state()
                    .equals(new WorkState.Failed("VerifierRejected", "R1 may be null; check it.")));
    assertThat(supervisor.programs()).containsExactly(loaded.get(1L));
    assertThat(journal).containsExactly("load forks 1", "load forks 2");

    supervisor.assign(List.of(assignment("forks", 1)));
    await().atMost(LIMIT).until(() -> state().equals(new WorkState.Running()));
    assertThat(journal).as("it never stopped").containsExactly("load forks 1", "load forks 2");
  }

  @Test
  void whateverOneProgramThrowsTheOthersGoOn() {
    fail(new java.util.regex.PatternSyntaxException("Missing ']'", "[", 0));
    supervisor.assign(List.of(assignment("bad", 1), assignment("forks", 2)));
    await().atMost(LIMIT).until(() -> loaded.containsKey(2L) && retained.size() == 2);
    await().atMost(LIMIT).until(() -> supervisor.works().size() == 2);
    // The bad one is tried again, and then nothing is wrong with it.
    await().atMost(LIMIT).until(() -> loaded.containsKey(1L));
    assertThat(journal).containsSubsequence("load bad 1", "load forks 2", "load bad 1");
  }

  @Test
  void aFailureInTheAgentIsTold() {
    for (int i = 0; i < 50; i++) {
      fail(new IllegalStateException("A fault of ours."));
    }
    supervisor.assign(List.of(assignment("forks", 1)));
    await()
        .atMost(LIMIT)
        .until(() -> state().equals(new WorkState.Failed("InternalError", "A fault of ours.")));
  }

  @Test
  void anArtifactThatCannotBeHadIsTriedAgain() {
    fail(new Loader.UnavailableException("Nobody answers."));
    supervisor.assign(List.of(assignment("forks", 1)));
    await()
        .atMost(LIMIT)
        .until(
            () -> state().equals(new WorkState.Pending("ArtifactUnavailable", "Nobody answers.")));
    await().atMost(LIMIT).until(() -> state().equals(new WorkState.Running()));
    assertThat(journal).containsExactly("load forks 1", "load forks 1");
  }

  @Test
  void whatARunningProgramSaysOfItselfIsPassedOn() {
    supervisor.assign(List.of(assignment("forks", 1)));
    await().atMost(LIMIT).until(() -> loaded.containsKey(1L));
    loaded
        .get(1L)
        .become(new ProgramState.Degraded(FailureReason.SINK_UNAVAILABLE, "The disk is full."));
    await()
        .atMost(LIMIT)
        .until(
            () ->
                trouble()
                    .equals(Optional.of(new Work.Trouble("SinkUnavailable", "The disk is full."))));
  }

  @Test
  void closingUnloadsEverything() {
    supervisor.assign(List.of(assignment("forks", 1), assignment("waits", 3)));
    supervisor.close();
    assertThat(journal)
        .containsSubsequence("load forks 1", "stop forks 1", "close forks 1")
        .containsSubsequence("load waits 3", "stop waits 3", "close waits 3");
  }

  @Test
  void closingLeavesWhatIsPinnedToTheNextAgent() {
    pins = true;
    supervisor.assign(List.of(assignment("forks", 1), assignment("waits", 3)));
    supervisor.close();
    assertThat(journal)
        .containsExactlyInAnyOrder(
            "load forks 1", "load waits 3", "leave forks 1", "leave waits 3");
  }

  @Test
  void whatIsPinnedIsRemovedWhenItIsNotAssignedAnyMore() {
    pins = true;
    supervisor.assign(List.of(assignment("forks", 1)));
    supervisor.assign(List.of());
    await().atMost(LIMIT).until(() -> journal.contains("close forks 1"));
    assertThat(journal).containsExactly("load forks 1", "stop forks 1", "close forks 1");
  }

  @Test
  void whatAnEarlierAgentLeftIsKeptOnlyForWhatIsAssignedAndCanRun() {
    fail(new StartException(FailureReason.SINK_UNAVAILABLE, "The disk is full."));
    supervisor.assign(List.of(assignment("forks", 1)));
    await().atMost(LIMIT).until(() -> retained.equals(Set.of("uid-of-forks")));
    await().atMost(LIMIT).until(() -> state().equals(new WorkState.Running()));

    fail(new StartException(FailureReason.VERIFIER_REJECTED, "R1 may be null; check it."));
    supervisor.assign(List.of(assignment("forks", 1), assignment("waits", 3)));
    await().atMost(LIMIT).until(() -> loaderSaw("load waits 3"));
    await().atMost(LIMIT).until(() -> retained.equals(Set.of("uid-of-forks")));
  }

  private boolean loaderSaw(String step) {
    return journal.contains(step);
  }
}

package dev.whistler.agent.work;

import static dev.whistler.agent.work.Revisions.assignment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import dev.whistler.agent.work.Loader.Pinned;
import dev.whistler.crds.NodeReason;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.ProgramState;
import dev.whistler.runtime.StartException;
import dev.whistler.runtime.account.ProgramCounters;
import dev.whistler.runtime.account.RingCounters;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is assigned runs, what is not assigned does not, and the old stays until the new runs. */
final class SupervisorTest {

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Duration DRAIN = Duration.ofSeconds(1);
  private static final WorkState RUNNING = new WorkState.Running();

  private final FakeLoader loader = new FakeLoader();
  private final List<String> journal = loader.journal;
  private final Supervisor supervisor = new Supervisor(loader, budget(), DRAIN, () -> {});

  private static NodeBudget budget() {
    return new NodeBudget(3, 100, 250);
  }

  private void assign(Assignment... wanted) {
    supervisor.assign(Stream.of(wanted).map(Candidates::of).toList());
  }

  private void rank(Assignment... ranked) {
    supervisor.assign(List.of(Candidates.of(List.of(ranked))));
  }

  private static void until(Callable<Boolean> holds) {
    await().atMost(LIMIT).until(holds);
  }

  private Optional<Work> work(String program) {
    return supervisor.works().stream()
        .filter(work -> work.assignment().program().equals(program))
        .findFirst();
  }

  private WorkState state(String program) {
    return work(program).map(Work::state).orElse(new WorkState.Pending("Absent", ""));
  }

  private void untilState(WorkState state) {
    until(() -> state("forks").equals(state));
  }

  private void untilRuns(String program, long revision) {
    until(
        () ->
            work(program)
                .flatMap(Work::running)
                .filter(running -> running.assignment().revision() == revision)
                .isPresent());
  }

  private static StartException rejected() {
    return new StartException(FailureReason.VERIFIER_REJECTED, "R1 may be null; check it.");
  }

  private static final WorkState REJECTED =
      new WorkState.Failed("VerifierRejected", "R1 may be null; check it.");

  private static StartException attachFailed() {
    return new StartException(FailureReason.ATTACH_FAILED, "There is no such place.");
  }

  @AfterEach
  void close() {
    Stream.of(loader.fetches, loader.starts, loader.drains)
        .forEach(gates -> gates.values().forEach(CountDownLatch::countDown));
    supervisor.close();
  }

  @Test
  void loadsOnceAndUnloadsWhatIsNotAssignedAnyMore() {
    assign(assignment("forks", 1));
    assign(assignment("forks", 1));
    untilState(RUNNING);
    assign();
    until(() -> supervisor.works().isEmpty());
    assertThat(journal).containsExactly("load forks 1", "stop forks 1", "close forks 1");
    assertThat(supervisor.programs()).isEmpty();
  }

  @Test
  void aProgramWhoseReaderEndsByItselfIsStartedAgainAndSaysSo() {
    assign(assignment("forks", 1));
    untilRuns("forks", 1);
    FakeProgram first = loader.loaded.get(1L);
    first.become(new ProgramState.Failed(FailureReason.INTERNAL, "The reader ended."));
    assertThat(state("forks"))
        .isEqualTo(new WorkState.Failed("InternalError", "The reader ended. It is started again."));
    assertThat(work("forks").orElseThrow().running()).isEmpty();
    until(() -> loader.loaded.get(1L) != first);
    untilRuns("forks", 1);
    untilState(RUNNING);
    assertThat(journal)
        .containsExactly("load forks 1", "stop forks 1", "close forks 1", "load forks 1");
  }

  @Test
  void aNewRevisionReplacesTheOldOne() {
    assign(assignment("forks", 1));
    untilRuns("forks", 1);
    assertThat(supervisor.there()).containsOnly(entry("uid-of-forks", assignment("forks", 1)));
    assign(assignment("forks", 2));
    untilRuns("forks", 2);
    assertThat(supervisor.there()).containsOnly(entry("uid-of-forks", assignment("forks", 2)));
    assertThat(journal).containsExactly("load forks 1", "load forks 2", "replaced 1");
    untilState(RUNNING);
  }

  /** By updates with rings of their own, by a restart, until the program is gone. */
  @Test
  void whatEndedRevisionsCountedIsInTheTotal() {
    loader.freshRings = true;
    assign(assignment("forks", 1));
    untilRuns("forks", 1);
    count(1, 5);
    assign(assignment("forks", 2));
    untilRuns("forks", 2);
    assertThat(produced()).isEqualTo(5);
    count(2, 6);
    FakeProgram second = loader.loaded.get(2L);
    second.become(new ProgramState.Failed(FailureReason.INTERNAL, "The reader ended."));
    until(() -> loader.loaded.get(2L) != second);
    untilState(RUNNING);
    count(2, 7);
    until(() -> produced() == 18);
    loader.freshRings = false;
    assign(assignment("forks", 3));
    untilRuns("forks", 3);
    count(3, 8);
    // The third goes on from the second's counts.
    until(() -> produced() == 19);
    assign();
    until(() -> supervisor.works().isEmpty());
    assertThat(supervisor.totals()).isEmpty();
  }

  private void count(long revision, long produced) {
    loader
        .loaded
        .get(revision)
        .counting(
            new ProgramCounters(
                List.of(new RingCounters("lives", produced, 0, produced, 0, 0, List.of()))));
  }

  private long produced() {
    return supervisor.totals().stream()
        .flatMap(total -> Stream.concat(total.running().stream(), Stream.of(total.past())))
        .flatMap(counters -> counters.rings().stream())
        .mapToLong(RingCounters::produced)
        .sum();
  }

  @Test
  void aRevisionThatIsOutdatedBeforeItIsFetchedIsNotLoaded() {
    CountDownLatch fetch = new CountDownLatch(1);
    loader.fetches.put("forks", fetch);
    assign(assignment("forks", 1));
    assign(assignment("forks", 2));
    fetch.countDown();
    untilRuns("forks", 2);
    assertThat(journal).containsExactly("load forks 2");
  }

  @Test
  void whereTheNewRevisionIsRejectedTheOldOneGoesOn() {
    assign(assignment("forks", 1));
    untilRuns("forks", 1);
    loader.fail(rejected());
    assign(assignment("forks", 2));
    untilState(REJECTED);
    assertThat(work("forks").flatMap(Work::running).map(it -> it.assignment().revision()))
        .contains(1L);
    assertThat(supervisor.programs()).containsExactly(loader.loaded.get(1L));
    assertThat(journal).containsExactly("load forks 1", "load forks 2");

    assign(assignment("forks", 1));
    untilState(RUNNING);
    assertThat(journal).as("it never stopped").containsExactly("load forks 1", "load forks 2");
  }

  @Test
  void whereTheNewestDoesNotStartAndNothingRunsTheNextOneRuns() {
    loader.always.put(3L, rejected());
    loader.always.put(2L, attachFailed());
    rank(assignment("forks", 3), assignment("forks", 2), assignment("forks", 1));
    untilRuns("forks", 1);
    untilState(REJECTED);
    assertThat(journal).containsExactly("load forks 3", "load forks 2", "load forks 1");
  }

  @Test
  void aTargetThatMayYetComeIsTriedAgainBehindTheOlderOne() {
    loader.fail(attachFailed());
    rank(assignment("forks", 2), assignment("forks", 1));
    untilRuns("forks", 1);
    untilRuns("forks", 2);
    untilState(RUNNING);
    assertThat(journal)
        .containsExactly("load forks 2", "load forks 1", "load forks 2", "replaced 1");
  }

  @Test
  void pinsOfAnOlderRevisionStayWhileItCanRunInPlaceOfTheTarget() throws Exception {
    loader.pinned.put("uid-of-forks", Optional.empty());
    loader.always.put(2L, rejected());
    loader.fail(new StartException(FailureReason.SINK_UNAVAILABLE, "The disk is full."));
    supervisor.begin();
    rank(assignment("forks", 2), assignment("forks", 1));
    untilRuns("forks", 1);
    untilState(REJECTED);
    assertThat(journal)
        .containsExactly("load forks 2", "load forks 1", "load forks 1")
        .doesNotContain("remove uid-of-forks");
  }

  @Test
  void pinsThatNoRevisionCanGoOnWithAreRemoved() throws Exception {
    loader.pinned.put("uid-of-forks", Optional.empty());
    loader.always.put(2L, rejected());
    loader.always.put(1L, rejected());
    supervisor.begin();
    rank(assignment("forks", 2), assignment("forks", 1));
    until(() -> journal.contains("remove uid-of-forks"));
    untilState(REJECTED);
  }

  @Test
  void whateverOneProgramThrowsTheOthersGoOn() {
    loader.always.put(9L, new java.util.regex.PatternSyntaxException("Missing ']'", "[", 0));
    assign(assignment("bad", 9), assignment("forks", 2));
    untilRuns("forks", 2);
    until(() -> state("bad") instanceof WorkState.Failed);
    loader.always.clear();
    untilRuns("bad", 9);
  }

  @Test
  void aFailureInTheAgentIsTold() {
    loader.always.put(1L, new IllegalStateException("A fault of ours."));
    assign(assignment("forks", 1));
    untilState(new WorkState.Failed("InternalError", "A fault of ours."));
  }

  @Test
  void anArtifactThatCannotBeHadIsTriedAgain() {
    List<String> tries = new java.util.concurrent.CopyOnWriteArrayList<>();
    Loader absent =
        new Loader() {
          @Override
          public Prepared prepare(Assignment assignment)
              throws UnavailableException, StartException {
            tries.add("fetch");
            if (tries.size() == 1) {
              throw new UnavailableException("Nobody answers.");
            }
            return loader.prepare(assignment);
          }

          @Override
          public List<Leftover> leftovers() {
            return List.of();
          }

          @Override
          public dev.whistler.runtime.RunningProgram adopt(Pinned pinned) {
            throw new AssertionError("nothing is pinned");
          }

          @Override
          public void remove(String uid) {}
        };
    List<WorkState> seen = new java.util.concurrent.CopyOnWriteArrayList<>();
    Supervisor[] its = new Supervisor[1];
    try (Supervisor waiting =
        new Supervisor(
            absent,
            new NodeBudget(3, 100, 250),
            Duration.ofSeconds(1),
            () -> its[0].works().forEach(work -> seen.add(work.state())))) {
      its[0] = waiting;
      waiting.assign(List.of(Candidates.of(assignment("forks", 1))));
      until(() -> seen.contains(RUNNING));
    }
    assertThat(seen).contains(new WorkState.Pending("ArtifactUnavailable", "Nobody answers."));
    assertThat(tries).hasSize(2);
  }

  @Test
  void whatARunningProgramSaysOfItselfIsPassedOn() {
    assign(assignment("forks", 1));
    untilRuns("forks", 1);
    loader
        .loaded
        .get(1L)
        .become(new ProgramState.Degraded(FailureReason.SINK_UNAVAILABLE, "The disk is full."));
    assertThat(work("forks").flatMap(Work::running).flatMap(Work.Current::trouble))
        .contains(new Work.Trouble("SinkUnavailable", "The disk is full."));
    loader.loaded.get(1L).become(new ProgramState.Running(Instant.EPOCH));
    assertThat(work("forks").flatMap(Work::running).flatMap(Work.Current::trouble)).isEmpty();
  }

  @Test
  void noProgramWaitsForTheLoadFetchOrDrainOfAnother() {
    loader.starts.put("loads", new CountDownLatch(1));
    loader.fetches.put("fetches", new CountDownLatch(1));
    loader.drains.put("drains", new CountDownLatch(1));
    assign(assignment("drains", 4));
    untilRuns("drains", 4);
    assign(assignment("loads", 5), assignment("fetches", 6));
    until(() -> journal.contains("stop drains 4") && journal.contains("load loads 5"));
    assign(assignment("loads", 5), assignment("fetches", 6), assignment("forks", 1));
    untilRuns("forks", 1);
    assign(assignment("loads", 5), assignment("fetches", 6));
    until(() -> work("forks").isEmpty());
  }

  @Test
  void aProgramIsDetachedWhileItsNextRevisionIsFetched() {
    assign(assignment("forks", 1));
    untilRuns("forks", 1);
    loader.fetches.put("forks", new CountDownLatch(1));
    assign(assignment("forks", 2));
    assign();
    until(() -> supervisor.works().isEmpty());
    assertThat(journal).containsExactly("load forks 1", "stop forks 1", "close forks 1");
  }

  @Test
  void aProgramThatComesBackWhileItsFormerSelfDrainsStartsAfterIt() {
    CountDownLatch drain = new CountDownLatch(1);
    loader.drains.put("forks", drain);
    assign(assignment("forks", 1));
    untilRuns("forks", 1);
    assign();
    until(() -> journal.contains("stop forks 1"));
    assertThat(state("forks")).isEqualTo(new WorkState.Unloading("", ""));
    assign(assignment("forks", 2));
    drain.countDown();
    untilRuns("forks", 2);
    assertThat(journal)
        .containsExactly("load forks 1", "stop forks 1", "close forks 1", "load forks 2");
  }

  @Test
  void aStopDoesNotWaitForWhatIsToBeTriedAgainAndNothingIsLoadedAfterIt() throws Exception {
    BlockingQueue<Runnable> delayed = new LinkedBlockingQueue<>();
    AtomicInteger working = new AtomicInteger();
    Supervisor stopped =
        new Supervisor(loader, budget(), DRAIN, () -> {}, timer(delayed), threads(working));
    loader.always.put(8L, attachFailed());
    CountDownLatch fetch = new CountDownLatch(1);
    loader.fetches.put("fetches", fetch);
    stopped.assign(
        Stream.of(assignment("fails", 8), assignment("fetches", 6), assignment("forks", 1))
            .map(Candidates::of)
            .toList());
    until(() -> journal.contains("load forks 1"));
    Runnable again = delayed.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertThat(again).as("what is to be tried again").isNotNull();
    assertThat(stopped.end()).as("ended while one is fetched and one waits").isTrue();
    assertThat(journal).contains("close forks 1");
    List<String> before = List.copyOf(journal);
    // All that could still load something has its turn now.
    fetch.countDown();
    again.run();
    stopped.assign(List.of(Candidates.of(assignment("late", 7))));
    until(() -> working.get() == 0);
    assertThat(delayed).isEmpty();
    assertThat(journal).isEqualTo(before);
  }

  /** Keeps what it is given for later, until it is shut down. */
  private static ScheduledExecutorService timer(BlockingQueue<Runnable> delayed) {
    return new ScheduledThreadPoolExecutor(1) {
      @Override
      public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        ScheduledFuture<?> never = super.schedule(() -> {}, 1, TimeUnit.DAYS);
        delayed.add(task);
        return never;
      }
    };
  }

  /** Counts the tasks that have not ended. */
  private static Executor threads(AtomicInteger working) {
    return task -> {
      working.incrementAndGet();
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                try {
                  task.run();
                } finally {
                  working.decrementAndGet();
                }
              });
    };
  }

  @Test
  void closingUnloadsEverythingSideBySide() {
    CountDownLatch stuck = new CountDownLatch(1);
    loader.drains.put("stuck", stuck);
    assign(assignment("forks", 1), assignment("stuck", 3));
    untilRuns("forks", 1);
    untilRuns("stuck", 3);
    Thread closing = Thread.startVirtualThread(supervisor::close);
    until(() -> journal.contains("close forks 1") && journal.contains("stop stuck 3"));
    assertThat(closing.isAlive()).isTrue();
    stuck.countDown();
    until(() -> journal.contains("close stuck 3"));
  }

  @Test
  void closingLeavesWhatIsPinnedToTheNextAgent() {
    loader.pins = true;
    assign(assignment("forks", 1), assignment("waits", 3));
    untilRuns("forks", 1);
    untilRuns("waits", 3);
    supervisor.close();
    assertThat(journal)
        .containsExactlyInAnyOrder(
            "load forks 1", "load waits 3", "leave forks 1", "leave waits 3");
  }

  @Test
  void whatIsPinnedRunsBeforeAnybodySaysWhatIsWanted() throws Exception {
    loader.pins = true;
    loader.pinned.put("uid-of-forks", Optional.of(new Pinned(assignment("forks", 1), 10)));
    loader.pinned.put("uid-of-waits", Optional.of(new Pinned(assignment("waits", 3), 10)));
    supervisor.begin();
    untilRuns("forks", 1);
    untilRuns("waits", 3);
    rank(assignment("forks", 1));
    until(() -> work("waits").isEmpty());
    untilState(RUNNING);
    assertThat(journal)
        .containsExactlyInAnyOrder(
            "adopt forks 1", "adopt waits 3", "stop waits 3", "close waits 3");
  }

  @Test
  void whatIsPinnedGoesOnWhenTheTargetFailsAndItIsNoCandidateAnyMore() throws Exception {
    loader.pinned.put("uid-of-forks", Optional.of(new Pinned(assignment("forks", 1), 10)));
    loader.always.put(2L, attachFailed());
    supervisor.begin();
    untilRuns("forks", 1);
    rank(assignment("forks", 2));
    until(() -> state("forks") instanceof WorkState.Failed);
    untilRuns("forks", 1);
  }

  @Test
  void whatCannotBeAdoptedAsItIsIsLoadedOnceItIsWanted() throws Exception {
    loader.cannotAdopt = true;
    loader.pinned.put("uid-of-forks", Optional.of(new Pinned(assignment("forks", 1), 10)));
    supervisor.begin();
    untilState(new WorkState.Pending("InUse", "Process 7 runs it."));
    rank(assignment("forks", 1));
    untilState(RUNNING);
    assertThat(journal).containsSubsequence("adopt forks 1", "load forks 1");
  }

  @Test
  void whatCouldNotBeAdoptedIsTriedAgainWhileNobodySaysWhatIsWanted() throws Exception {
    loader.cannotAdopt = true;
    loader.pinned.put("uid-of-forks", Optional.of(new Pinned(assignment("forks", 1), 10)));
    supervisor.begin();
    untilState(new WorkState.Pending("InUse", "Process 7 runs it."));
    loader.cannotAdopt = false;
    untilRuns("forks", 1);
    untilState(RUNNING);
  }

  @Test
  void whatIsPinnedAndTooLargeForTheNodeIsNotReadOnAndGoesOnceItIsRefused() throws Exception {
    loader.pinned.put("uid-of-forks", Optional.of(new Pinned(assignment("forks", 1), 101)));
    loader.mapBytes.put("forks", 101L);
    supervisor.begin();
    until(() -> state("forks").toString().contains("TooMuchMemory"));
    assign(assignment("forks", 1));
    until(() -> journal.contains("remove uid-of-forks"));
    assertThat(journal).containsExactly("remove uid-of-forks");
    assertThat(state("forks")).isInstanceOf(WorkState.Failed.class);
  }

  @Test
  void anEditStormEndsWithTheLastRevision() {
    for (int revision = 1; revision <= 50; revision++) {
      rank(assignment("forks", revision));
    }
    untilRuns("forks", 50);
    untilState(RUNNING);
    assertThat(journal.getLast()).matches("load forks 50|replaced \\d+");
  }

  @Test
  void aStopInTheMiddleOfALoadUnloadsWhatComesOfIt() {
    CountDownLatch start = new CountDownLatch(1);
    loader.starts.put("forks", start);
    assign(assignment("forks", 1));
    until(() -> journal.contains("load forks 1"));
    Thread closing = Thread.startVirtualThread(supervisor::close);
    start.countDown();
    until(() -> !closing.isAlive());
    assertThat(journal).containsExactly("load forks 1", "stop forks 1", "close forks 1");
  }

  @Test
  void aSelectionThatFlapsLeavesOneOwnerOnly() {
    for (int i = 0; i < 30; i++) {
      assign(assignment("forks", 1));
      assign();
    }
    assign(assignment("forks", 1));
    untilRuns("forks", 1);
    assertThat(supervisor.programs()).hasSize(1);
    long loads = journal.stream().filter(step -> step.startsWith("load")).count();
    assertThat(journal.stream().filter(step -> step.startsWith("close")).count())
        .isEqualTo(loads - 1);
  }

  @Test
  void whatCannotBeRemovedIsToldUntilItIsGone() throws Exception {
    loader.cannotAdopt = true;
    loader.pinned.put("uid-of-forks", Optional.of(new Pinned(assignment("forks", 1), 10)));
    loader.unremovable.add("uid-of-forks");
    supervisor.begin();
    assign();
    untilState(new WorkState.Unloading("InUse", "Process 7 runs it."));
    loader.unremovable.clear();
    until(() -> supervisor.works().isEmpty());
    assertThat(journal).contains("remove uid-of-forks");
  }

  @Test
  void anOrphanThatSaysNothingOfItselfIsRemoved() throws Exception {
    loader.pinned.put("orphan", Optional.empty());
    supervisor.begin();
    assertThat(supervisor.works()).isEmpty();
    assign();
    until(() -> journal.contains("remove orphan"));
  }

  @Test
  void aProgramWhoseMapsAreTooLargeIsRefusedForGood() {
    loader.mapBytes.put("forks", 101L);
    assign(assignment("forks", 1));
    until(() -> state("forks") instanceof WorkState.Failed);
    assertThat(state("forks"))
        .isEqualTo(
            new WorkState.Failed(
                "TooMuchMemory",
                "Its maps take 101 bytes of kernel memory, and a program may have 100 bytes;"
                    + " lower max-entries, or have agent.limits.programMapBytes raised."));
    assertThat(journal).isEmpty();
  }

  @Test
  void whatFindsTheNodeFullStartsOnceThereIsRoom() {
    assign(assignment("a", 1), assignment("b", 2), assignment("c", 3));
    Stream.of("a", "b", "c").forEach(name -> until(() -> state(name).equals(RUNNING)));
    assign(assignment("a", 1), assignment("b", 2), assignment("c", 3), assignment("forks", 4));
    until(() -> state("forks") instanceof WorkState.Failed);
    assertThat(state("forks").toString()).contains("NodeFull", "This node runs 3 programs");
    assertThat(journal).doesNotContain("load forks 4");
    assign(assignment("a", 1), assignment("b", 2), assignment("forks", 4));
    untilRuns("forks", 4);
  }

  @Test
  void aFailedLoadGivesItsRoomBack() {
    Stream.of("a", "b", "forks").forEach(name -> loader.mapBytes.put(name, 100L));
    loader.always.put(1L, rejected());
    loader.always.put(2L, rejected());
    assign(assignment("a", 1), assignment("b", 2));
    until(() -> state("a") instanceof WorkState.Failed && state("b") instanceof WorkState.Failed);
    assign(assignment("a", 1), assignment("b", 2), assignment("forks", 4));
    untilRuns("forks", 4);
  }

  private void tryBeside(Assignment verify, Assignment... ranked) {
    supervisor.assign(List.of(new Candidates(List.of(ranked), Optional.of(verify))));
  }

  private void untilTried(WorkState state) {
    until(
        () ->
            work("forks")
                .flatMap(Work::trial)
                .filter(trial -> trial.state().equals(state))
                .isPresent());
  }

  @Test
  void whatIsToBeVerifiedIsLoadedOnceBesideWhatRunsOn() {
    assign(assignment("forks", 1));
    untilRuns("forks", 1);
    tryBeside(assignment("forks", 2), assignment("forks", 1));
    untilTried(new WorkState.Verified());
    tryBeside(assignment("forks", 2), assignment("forks", 1));
    untilState(RUNNING);
    assign(assignment("forks", 2));
    untilRuns("forks", 2);
    assertThat(work("forks").flatMap(Work::trial)).isEmpty();
    assertThat(journal)
        .containsExactly("load forks 1", "verify forks 2", "load forks 2", "replaced 1");
  }

  @Test
  void whatTheVerifierRefusesIsSaidAndTouchesNothing() {
    assign(assignment("forks", 1));
    untilRuns("forks", 1);
    loader.always.put(2L, rejected());
    tryBeside(assignment("forks", 2), assignment("forks", 1));
    untilTried(REJECTED);
    untilRuns("forks", 1);
    assertThat(journal).containsExactly("load forks 1", "verify forks 2");
  }

  @Test
  void aProgramThatIsOnlyTriedRunsNowhereAndIsForgottenAfterIt() {
    tryBeside(assignment("forks", 1));
    untilState(new WorkState.Verified());
    assertThat(work("forks").flatMap(Work::running)).isEmpty();
    assertThat(supervisor.programs()).isEmpty();
    assign();
    until(() -> supervisor.works().isEmpty());
    assertThat(journal).containsExactly("verify forks 1");
  }

  @Test
  void whatIsOnlyTriedFromNowOnIsUnloaded() {
    assign(assignment("forks", 1));
    untilRuns("forks", 1);
    tryBeside(assignment("forks", 2));
    until(() -> journal.contains("close forks 1"));
    untilState(new WorkState.Verified());
    assertThat(work("forks").map(it -> it.assignment().revision())).contains(2L);
  }

  @Test
  void aTrialThatFailsForAWhileIsRepeated() {
    loader.fail(attachFailed());
    tryBeside(assignment("forks", 2));
    untilState(new WorkState.Verified());
    assertThat(journal).containsExactly("verify forks 2", "verify forks 2");
  }

  @Test
  void aRevisionThatCannotBeReadIsToldAndTheOneBeforeRuns() {
    rank(Revisions.refused("forks", 2, NodeReason.AGENT_TOO_OLD), assignment("forks", 1));
    untilRuns("forks", 1);
    untilState(new WorkState.Failed("AgentTooOld", "Nobody can run it."));
    rank(Revisions.refused("forks", 3, NodeReason.TAMPERED), assignment("forks", 1));
    untilState(new WorkState.Failed("Tampered", "Nobody can run it."));
    untilRuns("forks", 1);
    assertThat(journal).containsExactly("load forks 1");
  }
}

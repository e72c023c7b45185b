package dev.whistler.agent.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.agent.work.Assignment;
import dev.whistler.agent.work.FakeProgram;
import dev.whistler.agent.work.Revisions;
import dev.whistler.agent.work.Work;
import dev.whistler.agent.work.Work.Trouble;
import dev.whistler.agent.work.WorkState;
import dev.whistler.crds.NodeReason;
import dev.whistler.crds.WhistlerNodeStatus;
import dev.whistler.crds.WhistlerNodeStatus.NodeProgram;
import dev.whistler.crds.WhistlerNodeStatus.Running;
import dev.whistler.runtime.Identity;
import dev.whistler.runtime.account.LossReason;
import dev.whistler.runtime.account.ProgramCounters;
import dev.whistler.runtime.account.RingCounters;
import dev.whistler.runtime.account.SinkCounters;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Loss is told soon, stays told while it lasts, and does not flap. */
final class LossTrackTest {

  private static final Instant NOON = Instant.parse("2026-11-28T12:00:00Z");

  private final LossTrack track = new LossTrack();

  private static ProgramCounters counts(long kernel, long queue, long undecodable) {
    SinkCounters sink =
        new SinkCounters(
            "stdout", 0, 0, queue == 0 ? Map.of() : Map.of(LossReason.QUEUE_FULL, queue), 0);
    return new ProgramCounters(
        List.of(new RingCounters("events", 0, kernel, 0, undecodable, 0, List.of(sink))));
  }

  /** Near the end of the range, where a clock that only counts wraps round. */
  private static final long BEGIN = Long.MAX_VALUE - 5;

  private Optional<Trouble> after(long seconds, ProgramCounters counters) {
    return track.look(counters, NOON.plusSeconds(seconds), nanos(seconds));
  }

  private static long nanos(long seconds) {
    return BEGIN + Duration.ofSeconds(seconds).toNanos();
  }

  private static void look(LossWatch watch, long seconds) {
    watch.look(NOON.plusSeconds(seconds), nanos(seconds));
  }

  @Test
  void saysHowManyAndWhySinceWhen() {
    track.startFrom(counts(100, 5, 0));
    assertThat(after(1, counts(100, 5, 0))).isEmpty();
    assertThat(after(2, counts(107, 6, 0)))
        .contains(
            new Trouble(
                NodeReason.RECORDS_LOST,
                "Records are lost: 7 in the kernel (no-reservation, ring 'events'), 1 on the way to"
                    + " 'stdout' (queue-full) since 2026-11-28T12:00:02Z."));
  }

  @Test
  void endsAfterFiveQuietMinutes() {
    after(0, counts(1, 0, 0));
    assertThat(after(299, counts(1, 0, 0))).isPresent();
    assertThat(after(300, counts(1, 0, 0))).isEmpty();
  }

  /** A step of the wall clock neither ends trouble nor keeps it. */
  @Test
  void whatCountsIsAClockThatIsNeverSet() {
    after(0, counts(1, 0, 0));
    Instant nextDay = NOON.plus(Duration.ofDays(1));
    assertThat(track.look(counts(1, 0, 0), nextDay, nanos(1))).isPresent();
    Instant dayBefore = NOON.minus(Duration.ofDays(1));
    assertThat(track.look(counts(1, 0, 0), dayBefore, nanos(299))).isPresent();
    assertThat(track.look(counts(1, 0, 0), dayBefore, nanos(300))).isEmpty();
  }

  /** What the agent said before its restart holds for as long as if it had just happened. */
  @Test
  void aRestartOfTheAgentEndsNoTrouble() {
    Assignment assignment = Revisions.assignment("forks", 3);
    Identity identity = new Identity("n", "forks", assignment.uid(), 3);
    FakeProgram program = new FakeProgram(identity, _ -> {}).counting(counts(9, 0, 0));
    AtomicInteger changes = new AtomicInteger();
    Work work = running(assignment);
    WhistlerNodeStatus before =
        status(
            assignment.uid(),
            new Running(3, "artifact", null, NodeReason.RECORDS_LOST, "Records are lost: 7."));
    try (LossWatch watch = new LossWatch(() -> List.of(program), changes::incrementAndGet)) {
      watch.inherit(before, nanos(0));
      assertThat(trouble(watch, work)).contains("Records are lost: 7.");
      look(watch, 1);
      assertThat(trouble(watch, work)).contains("Records are lost: 7.");
      look(watch, 299);
      assertThat(trouble(watch, work)).contains("Records are lost: 7.");
      look(watch, 300);
      assertThat(trouble(watch, work)).isEmpty();
      look(watch, 301);
      program.counting(counts(12, 0, 0));
      look(watch, 302);
      assertThat(trouble(watch, work))
          .hasValueSatisfying(it -> assertThat(it).contains("3 in the kernel"));
    }
  }

  @Test
  void nothingIsInheritedButLoss() {
    Assignment assignment = Revisions.assignment("forks", 3);
    try (LossWatch watch = new LossWatch(List::of, () -> {})) {
      watch.inherit(
          status(
              assignment.uid(),
              new Running(3, "artifact", null, NodeReason.ATTACH_FAILED, "Gone.")),
          nanos(0));
      assertThat(trouble(watch, running(assignment))).isEmpty();
      watch.inherit(
          status(assignment.uid(), new Running(3, "artifact", null, NodeReason.RECORDS_LOST, "?")),
          nanos(0));
      assertThat(trouble(watch, running(assignment))).as("that would be our own").isEmpty();
    }
  }

  @Test
  void nothingIsInheritedByWhatStartsLater() {
    Assignment assignment = Revisions.assignment("forks", 3);
    Identity identity = new Identity("n", "forks", assignment.uid(), 3);
    List<FakeProgram> programs = new ArrayList<>();
    try (LossWatch watch = new LossWatch(() -> List.copyOf(programs), () -> {})) {
      watch.inherit(
          status(assignment.uid(), new Running(3, "artifact", null, NodeReason.RECORDS_LOST, null)),
          nanos(0));
      look(watch, 300);
      programs.add(new FakeProgram(identity, _ -> {}).counting(counts(0, 0, 0)));
      look(watch, 301);
      assertThat(trouble(watch, running(assignment))).isEmpty();
    }
  }

  private static Work running(Assignment assignment) {
    return new Work(
        assignment,
        new WorkState.Running(),
        Optional.of(new Work.Current(assignment, NOON, Optional.empty())));
  }

  private static WhistlerNodeStatus status(String uid, Running running) {
    return new WhistlerNodeStatus(
        null,
        null,
        null,
        null,
        null,
        null,
        List.of(),
        List.of(new NodeProgram("forks", uid, running, null)),
        List.of());
  }

  private static Optional<String> trouble(LossWatch watch, Work work) {
    return watch.with(work).running().orElseThrow().trouble().map(Trouble::message);
  }

  /**
   * Records are lost every four minutes and every second by turns: one state, told once a minute.
   */
  @Test
  void changesAtMostOnceAMinute() {
    List<Integer> changes = new ArrayList<>();
    Optional<Trouble> before = Optional.empty();
    long lost = 0;
    for (int second = 0; second < 3600; second++) {
      lost += second / 600 % 2 == 0 || second % 240 == 0 ? 1 : 0;
      Optional<Trouble> now = after(second, counts(lost, 0, 0));
      if (!now.equals(before)) {
        changes.add(second);
      }
      before = now;
      assertThat(now).isPresent();
    }
    for (int i = 1; i < changes.size(); i++) {
      assertThat(changes.get(i) - changes.get(i - 1)).isGreaterThanOrEqualTo(60);
    }
  }

  @Test
  void lossComesBeforeWhatCannotBeDecoded() {
    assertThat(after(0, counts(0, 0, 3)))
        .hasValueSatisfying(
            it -> assertThat(it.reason()).isEqualTo(NodeReason.RECORDS_UNDECODABLE));
    assertThat(after(1, counts(1, 0, 3)))
        .hasValueSatisfying(it -> assertThat(it.reason()).isEqualTo(NodeReason.RECORDS_LOST));
  }

  /** The counts of another revision begin anew, and what it lost before is no loss of now. */
  @Test
  void anotherRevisionDoesNotCountAsLoss() {
    Identity identity = new Identity("n", "forks", Revisions.assignment("forks", 3).uid(), 3);
    FakeProgram first = new FakeProgram(identity, _ -> {}).counting(counts(0, 0, 0));
    List<FakeProgram> programs = new ArrayList<>(List.of(first));
    AtomicInteger changes = new AtomicInteger();
    Assignment assignment = Revisions.assignment("forks", 3);
    Work work = running(assignment);
    try (LossWatch watch = new LossWatch(() -> List.copyOf(programs), changes::incrementAndGet)) {
      look(watch, 0);
      programs.set(0, new FakeProgram(identity, _ -> {}).counting(counts(9, 0, 0)));
      look(watch, 1);
      assertThat(watch.with(work)).isEqualTo(work);

      first.counting(counts(0, 0, 0));
      programs.set(0, first);
      look(watch, 2);
      first.counting(counts(4, 0, 0));
      look(watch, 3);
      look(watch, 4);
      assertThat(changes).hasValue(1);
      assertThat(watch.with(work).running().orElseThrow().trouble())
          .hasValueSatisfying(it -> assertThat(it.message()).contains("4 in the kernel"));

      programs.clear();
      look(watch, 5);
      assertThat(watch.with(work)).as("nothing is left of what was unloaded").isEqualTo(work);
    }
  }
}

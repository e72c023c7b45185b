package dev.whistler.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.whistler.crds.WhistlerProgram;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.operator.installation.HeldLeadership;
import dev.whistler.operator.metrics.OperatorMetrics;
import dev.whistler.operator.status.StatusStory;
import dev.whistler.operator.status.Transition;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** News reach the API server at once, again once a minute, and never as a flood. */
final class EventRecorderTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private record Written(String name, String message, int times) {}

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
  private final List<Written> written = new CopyOnWriteArrayList<>();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final EventRecorder recorder = recorder(this::note, Duration.ofHours(1));
  private @Nullable WhistlerProgramStatus status;

  private EventRecorder recorder(EventRecorder.Writer writer, Duration period) {
    return new EventRecorder(
        writer, HeldLeadership.forEver(), new OperatorMetrics(registry), clock::get, period);
  }

  private void note(ObjectReference program, Transition transition, int times) {
    written.add(
        new Written(EventWriter.nameOf(program, transition.reason()), transition.message(), times));
  }

  @AfterEach
  void stop() {
    recorder.stop();
  }

  private static WhistlerProgram program(String uid) {
    WhistlerProgram program = new WhistlerProgram();
    program.getMetadata().setName("forks");
    program.getMetadata().setUid(uid);
    return program;
  }

  private void pass(Duration time) {
    clock.addAndGet(time.toNanos());
    recorder.tellHeldBack();
  }

  private int become(WhistlerProgramStatus after) {
    List<Transition> transitions = Transition.between(status, after);
    status = after;
    recorder.record(program("u"), transitions);
    return transitions.size();
  }

  /** Each edit is compiled, rolled out and complete; ten of them a second. */
  @Test
  void twentyEditsAreNoFloodAndAreAllCounted() {
    int happened = 0;
    for (int edit = 1; edit <= 20; edit++) {
      for (WhistlerProgramStatus next : StatusStory.edit(edit)) {
        happened += become(next);
        pass(Duration.ofMillis(100));
      }
    }
    assertThat(happened).as("each edit is news").isGreaterThan(60);
    assertNoFlood(happened);
  }

  /** A label comes and goes: the program runs on one node, on none, on one. */
  @Test
  void thirtyFlapsOfALabelAreNoFloodAndAreAllCounted() {
    int happened = 0;
    for (int flap = 1; flap <= 30; flap++) {
      for (WhistlerProgramStatus next : StatusStory.flap()) {
        happened += become(next);
        pass(Duration.ofMillis(200));
      }
    }
    assertThat(happened).as("each flap is news").isGreaterThan(60);
    assertNoFlood(happened);
  }

  /** One write for each reason at once, and one for what followed in the minute. */
  private void assertNoFlood(int happened) {
    Map<String, Integer> before = times();
    assertThat(written.size()).isEqualTo(before.size());
    pass(EventPacing.INTERVAL);
    assertThat(written.size()).isLessThanOrEqualTo(2 * before.size()).isLessThanOrEqualTo(24);
    assertThat(times().values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(happened);
    pass(EventPacing.INTERVAL);
    assertThat(times().values().stream().mapToInt(Integer::intValue).sum())
        .as("nothing happened since")
        .isEqualTo(happened);
  }

  private Map<String, Integer> times() {
    Map<String, Integer> times = new HashMap<>();
    written.forEach(it -> times.merge(it.name, it.times, Integer::sum));
    return times;
  }

  private static List<Transition> news(String message) {
    return List.of(new Transition(true, "AttachFailed", message));
  }

  @Test
  void whatIsHeldBackIsToldWithTheNewestMessage() {
    recorder.record(program("u"), news("One."));
    recorder.record(program("u"), news("Two."));
    recorder.record(program("u"), List.of(new Transition(false, "AttachFailed", "Three.")));
    assertThat(written).hasSize(1);
    pass(EventPacing.INTERVAL);
    assertThat(written)
        .extracting(Written::message, Written::times)
        .containsExactly(tuple("One.", 1), tuple("Three.", 2));
    assertThat(written).extracting(Written::name).containsOnly(written.getFirst().name);
  }

  @Test
  void programsDoNotHoldEachOtherBackAndAGoneOneIsForgotten() {
    recorder.record(program("u"), news("One."));
    recorder.record(program("v"), news("One."));
    assertThat(written).extracting(Written::name).doesNotHaveDuplicates().hasSize(2);

    recorder.record(program("u"), news("Two."));
    recorder.record(program("v"), news("Two."));
    recorder.forget("u");
    pass(EventPacing.INTERVAL);
    assertThat(written).hasSize(3).last().extracting(Written::message).isEqualTo("Two.");
  }

  @Test
  void whatCannotBeWrittenIsCountedAndHoldsUpNothing() {
    EventRecorder failing =
        recorder(
            (program, transition, times) -> {
              if (transition.message().equals("One.")) {
                throw new KubernetesClientException("away");
              }
              note(program, transition, times);
            },
            Duration.ofHours(1));
    failing.record(
        program("u"),
        List.of(
            new Transition(true, "AttachFailed", "One."), new Transition(true, "InUse", "Two.")));
    failing.stop();

    assertThat(written).extracting(Written::message).containsExactly("Two.");
    assertThat(registry.get("whistler.operator.events").tag("result", "failed").counter().count())
        .isEqualTo(1);
  }

  @Test
  void whatIsHeldBackIsToldByATaskThatGoesOnAfterASurpriseAndEnds() {
    AtomicLong calls = new AtomicLong();
    EventRecorder running =
        recorder(
            (program, transition, times) -> {
              if (calls.incrementAndGet() == 2) {
                throw new IllegalStateException("a surprise");
              }
              note(program, transition, times);
            },
            Duration.ofMillis(5));
    running.start();
    running.record(program("u"), news("One."));
    running.record(program("u"), news("Two."));
    clock.addAndGet(EventPacing.INTERVAL.toNanos());
    await().atMost(LIMIT).until(() -> calls.get() == 2);
    await()
        .atMost(LIMIT)
        .until(() -> registry.find("whistler.operator.task.failures").counter() != null);
    clock.addAndGet(EventPacing.INTERVAL.toNanos());
    running.record(program("u"), news("Three."));
    running.record(program("u"), news("Four."));
    clock.addAndGet(EventPacing.INTERVAL.toNanos());
    await().atMost(LIMIT).until(() -> written.size() == 3);
    assertThat(written).extracting(Written::message).containsExactly("One.", "Three.", "Four.");
    running.stop();
  }
}

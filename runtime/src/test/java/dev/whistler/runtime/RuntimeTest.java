package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.runtime.account.LossReason;
import dev.whistler.runtime.account.ProgramCounters;
import dev.whistler.runtime.account.RingCounters;
import dev.whistler.runtime.deliver.SinkSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real programs in the real kernel, from start to stop. */
@Timeout(60)
class RuntimeTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Identity IDENTITY = new Identity("node-1", "kills", "uid-1", 2);
  private static final Duration SOON = Duration.ofSeconds(10);
  private static byte[] object = {};
  @TempDir Path directory;

  @BeforeAll
  static void build() {
    object = KillsObject.build(256 << 10);
  }

  @AfterAll
  static void forget() {
    object = new byte[0];
  }

  private static RunRequest request(byte[] object, Killer killer) {
    return RunRequest.of(object, IDENTITY).withMaps(KillsObject.wanted(killer.pid()));
  }

  private RunRequest toFile(RunRequest request) {
    return request.withSinks(List.of(new SinkSpec.File(directory.resolve("out.json"))));
  }

  private List<JsonNode> lines() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(directory.resolve("out.json"))) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  @Test
  void everyEventBecomesALine() throws Exception {
    Instant start = Instant.now();
    try (Killer killer = new Killer();
        RunningProgram program = Runtime.start(toFile(request(object, killer)))) {
      assertThat(program.state()).isInstanceOf(ProgramState.Running.class);
      killer.kill(5000);
      ProgramCounters counters = program.stop(SOON);
      RingCounters ring = counters.rings().getFirst();
      assertThat(ring.balanced()).isTrue();
      assertThat(ring.produced()).isEqualTo(5000);
      assertThat(ring.sinks().getFirst().delivered()).isEqualTo(5000);

      List<JsonNode> lines = lines();
      assertThat(lines).hasSize(5000);
      for (int i = 0; i < 5000; i++) {
        JsonNode line = lines.get(i);
        assertThat(line.at("/data/number").asLong()).isEqualTo(i);
        assertThat(line.at("/data/pid").asLong()).isEqualTo(killer.pid());
        assertThat(line.at("/data/comm").asText()).isEqualTo("sh");
        assertThat(Instant.parse(line.at("/time").asText())).isBetween(start, Instant.now());
      }
      assertThat(lines.getFirst().at("/id").asText()).endsWith(":0").contains(":uid-1:");
    }
  }

  @Test
  void aFullRingIsCountedAndTold() throws Exception {
    byte[] small = KillsObject.build(4096);
    SinkSpec slow = new SinkSpec.File(directory.resolve("out.json"));
    RecordListener stall = (ring, decoded) -> sleep(decoded == 1 ? 500 : 0);
    try (Killer killer = new Killer();
        RunningProgram program =
            Runtime.start(request(small, killer).withSinks(List.of(slow)).withListener(stall))) {
      killer.kill(20_000);
      RingCounters ring = program.stop(SOON).rings().getFirst();
      assertThat(ring.balanced()).isTrue();
      assertThat(ring.lost()).isPositive();
      assertThat(ring.produced() + ring.lost()).isEqualTo(20_000);
      long told =
          lines().stream()
              .filter(line -> line.at("/struct").asText().equals("whistler.loss"))
              .mapToLong(line -> line.at("/data/count").asLong())
              .sum();
      assertThat(told).isEqualTo(ring.lost());
      assertThat(lines().stream().filter(line -> line.at("/struct").asText().equals("note")))
          .hasSize((int) ring.sinks().getFirst().delivered());
    }
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void recordsBeyondTheLimitAreFiltered() throws Exception {
    try (Killer killer = new Killer();
        RunningProgram program =
            Runtime.start(
                toFile(request(object, killer)).withLimits(Limits.DEFAULT.withMaxRecords(5)))) {
      killer.kill(100);
      RingCounters ring = program.stop(SOON).rings().getFirst();
      assertThat(ring.balanced()).isTrue();
      assertThat(ring.sinks().getFirst().delivered()).isEqualTo(5);
      assertThat(ring.sinks().getFirst().filtered()).isEqualTo(95);
      assertThat(lines()).hasSize(5);
    }
  }

  @Test
  void aFailingSinkDegradesTheProgram() throws Exception {
    Path full = Path.of("/dev/full");
    try (Killer killer = new Killer();
        RunningProgram program =
            Runtime.start(request(object, killer).withSinks(List.of(new SinkSpec.File(full))))) {
      killer.kill(10);
      await().until(() -> program.state() instanceof ProgramState.Degraded);
      RingCounters ring = program.stop(SOON).rings().getFirst();
      assertThat(ring.balanced()).isTrue();
      assertThat(ring.sinks().getFirst().lost()).containsEntry(LossReason.SINK_FAILED, 10L);
    }
  }

  /** The second sink works again and again, which says nothing of the first. */
  @Test
  void oneSinkThatWorksDoesNotHideAnotherThatFails() {
    LiveProgram.StateHolder state = new LiveProgram.StateHolder();
    state.sink(0, "the first fails");
    state.sink(1, "the second fails");
    state.sink(1, null);
    assertThat(state.get())
        .isEqualTo(new ProgramState.Degraded(FailureReason.SINK_UNAVAILABLE, "the first fails"));
    state.sink(0, null);
    assertThat(state.get()).isInstanceOf(ProgramState.Running.class);
  }

  @Test
  void mapsCanBeReadAfterTheStopAndNotAfterTheClose() throws Exception {
    try (Killer killer = new Killer()) {
      RunningProgram program = Runtime.start(request(object, killer));
      killer.kill(3);
      program.stop(SOON);
      assertThat(program.maps().names()).containsExactly("wanted");
      assertThat(program.maps().read("wanted", 10).rows().getFirst().values()).containsExactly("3");
      program.close();
      program.close();
      assertThat(program.state()).isInstanceOf(ProgramState.Stopped.class);
      assertThatThrownBy(() -> program.maps().read("wanted", 10))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void nothingIsLeftInTheKernel() throws Exception {
    try (Killer killer = new Killer()) {
      HeldObjects before = HeldObjects.now();
      HeldObjects held;
      try (RunningProgram program = Runtime.start(toFile(request(object, killer)))) {
        held = HeldObjects.now().since(before);
        assertThat(held.maps()).hasSizeGreaterThanOrEqualTo(3);
        assertThat(program.state()).isInstanceOf(ProgramState.Running.class);
      }
      assertThat(HeldObjects.now()).isEqualTo(before);
      held.assertGone();
    }
  }

  @Test
  void aFailureHalfWayLeavesNothing() throws Exception {
    byte[] unknownEvent = KillsObject.buildForUnknownEvent(4096);
    try (Killer killer = new Killer()) {
      HeldObjects before = HeldObjects.now();
      assertThatThrownBy(() -> Runtime.start(toFile(request(unknownEvent, killer))))
          .isInstanceOfSatisfying(
              StartException.class,
              e -> assertThat(e.reason()).isEqualTo(FailureReason.UNSUPPORTED))
          .hasMessageContaining("syscalls/no_such_event");
      assertThat(HeldObjects.now()).isEqualTo(before);
    }
  }

  @Test
  void badRequestsAreSentences() {
    assertThatThrownBy(() -> Runtime.start(RunRequest.of(new byte[10], IDENTITY)))
        .isInstanceOfSatisfying(
            StartException.class, e -> assertThat(e.reason()).isEqualTo(FailureReason.BAD_OBJECT));
    assertThatThrownBy(
            () ->
                Runtime.start(
                    RunRequest.of(object, IDENTITY)
                        .withAttach(
                            List.of(new AttachTarget("nope", new AttachTarget.Interface("lo"))))))
        .hasMessage("There is no program 'nope' to attach; there are: on-kill.");
    assertThatThrownBy(
            () ->
                Runtime.start(
                    RunRequest.of(object, IDENTITY)
                        .withSinks(List.of(new SinkSpec.File(Path.of("/no/such/file"))))))
        .isInstanceOfSatisfying(
            StartException.class,
            e -> assertThat(e.reason()).isEqualTo(FailureReason.SINK_UNAVAILABLE));
  }
}

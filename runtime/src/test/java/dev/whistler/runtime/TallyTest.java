package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.runtime.account.MapCounters;
import dev.whistler.runtime.account.ProgramCounters;
import dev.whistler.runtime.account.ProgramMisses;
import dev.whistler.runtime.deliver.SinkSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel counts beside the rings: events that programs missed, updates that failed. */
@Timeout(120)
class TallyTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final int EVENTS = 200;

  /**
   * {@code outer} runs for a millisecond; timers that expire meanwhile do not run {@code inner},
   * but {@code all}, which only excludes itself.
   */
  private static final String NESTED =
      """
      (defstruct note (number u64))
      (defmap notes :type :ringbuf :max-entries 4096 :record note)
      (defmap counts :type :array :key-type u32 :value-type u64 :max-entries 3)
      (defprog all (:type :raw-tracepoint :section "raw_tracepoint/hrtimer_expire_entry")
        (incf (getmap counts 0))
        0)
      (defprog inner (:type :tracepoint :section "tracepoint/timer/hrtimer_expire_entry")
        (incf (getmap counts 1))
        0)
      (defprog outer (:type :tracepoint :section "tracepoint/syscalls/sys_enter_kill")
        (dotimes (i 100000) (incf (getmap counts 2)))
        (when (= (getmap counts 2) 0)
          (with-ringbuf (n notes (sizeof note)) (setf (note-number n) 1)))
        0)
      """;

  /** A key of its own for each event, in maps with room for four. */
  private static final String FULL =
      """
      (defmap next :type :array :key-type u32 :value-type u64 :max-entries 1)
      (defmap set :type :hash :key-type u64 :value-type u64 :max-entries 4)
      (defmap counted :type :hash :key-type u64 :value-type u64 :max-entries 4)
      (defmap dropped :type :percpu-hash :key-type u64 :value-type u64 :max-entries 4)
      (defmap valued :type :hash :key-type u64 :value-type u32 :max-entries 4)
      (defmap looked-at :type :hash :key-type u64 :value-type u64 :max-entries 4)
      (defprog p (:type :tracepoint :section "tracepoint/syscalls/sys_enter_kill")
        (let ((n (getmap next 0)))
          (incf (getmap next 0))
          (setf (getmap set n) 1)
          (incf (getmap counted n))
          (map-update dropped n 1)
          (when (/= (setf (getmap valued n) 7) 7) (return 1))
          (when (/= 0 (map-update looked-at n 1)) (return 0)))
        0)
      """;

  @TempDir Path directory;
  @AutoClose private final SharedPins shared = SharedPins.create();

  TallyTest() throws IOException {}

  private RunRequest request(byte[] object, long revision, boolean pinned) {
    RunRequest request =
        RunRequest.of(object, new Identity("node-1", "tally", "uid-tally", revision))
            .withSinks(List.of(new SinkSpec.File(directory.resolve("out.json"))));
    return pinned ? request.withPinDirectory(shared.path()) : request;
  }

  private static void produce() {
    try (Producer producer = SelfKiller.paced(Long.MAX_VALUE)) {
      producer.begin(EVENTS);
    }
  }

  private static long number(RunningProgram program, String map) throws Exception {
    return Long.parseLong(program.maps().read(map, 10).rows().getFirst().values().getFirst());
  }

  private static long number(RunningProgram program, int count) throws Exception {
    return Long.parseLong(program.maps().read("counts", 10).rows().get(count).values().getFirst());
  }

  private static OptionalLong missed(ProgramCounters counters, String program) {
    return counters.programs().stream()
        .filter(p -> p.program().equals(program))
        .map(ProgramMisses::missed)
        .findAny()
        .orElseThrow();
  }

  /** Linux 6.7 is the first that counts what tracepoints miss. */
  private static boolean isCounted() {
    String[] release = System.getProperty("os.version").split("[^0-9]+", 3);
    int major = Integer.parseInt(release[0]);
    return major > 6 || major == 6 && Integer.parseInt(release[1]) >= 7;
  }

  private long toldInStream() throws IOException {
    long told = 0;
    for (String line : Files.readAllLines(directory.resolve("out.json"))) {
      JsonNode json = JSON.readTree(line);
      if (json.at("/data/reason").asText().equals("missed")) {
        assertThat(json.at("/struct").asText()).isEqualTo("whistler.loss");
        assertThat(json.at("/data/program").asText()).isEqualTo("inner");
        told += json.at("/data/count").asLong();
      }
    }
    return told;
  }

  private static long missedByInner(RunningProgram program) {
    return missed(program.counters(), "inner").orElse(-1);
  }

  /** Events until some were missed; where nobody counts them, once. */
  private static void missMore(RunningProgram program) {
    long before = missedByInner(program);
    await()
        .atMost(SOON)
        .until(
            () -> {
              produce();
              return !isCounted() || missedByInner(program) > before;
            });
  }

  @Test
  void whatAProgramMissesWithinAnotherIsCountedAndTold() throws Exception {
    try (RunningProgram program = Runtime.start(request(Sources.compile(NESTED), 1, false))) {
      missMore(program);
      ProgramCounters counters = program.stop(SOON);
      if (!isCounted()) {
        assertThat(counters.programs())
            .containsExactly(
                new ProgramMisses("all", OptionalLong.of(0)),
                new ProgramMisses("inner", OptionalLong.empty()),
                new ProgramMisses("outer", OptionalLong.empty()));
        assertThat(counters.toJson()).contains("{\"name\":\"inner\"}");
        return;
      }
      long missed = missed(counters, "inner").orElseThrow();
      long hits = number(program, 0);
      // hits = runs + missed, but for those while the programs are attached one by one
      assertThat(number(program, 1) + missed).isBetween(hits / 2, hits);
      assertThat(missed(counters, "all")).hasValue(0);
      assertThat(toldInStream()).isEqualTo(missed);
      assertThat(counters.toJson()).contains("{\"name\":\"inner\",\"missed\":" + missed + "}");
    }
  }

  @Test
  void missesGoOnOverUpdatesAndAdoptions() throws Exception {
    byte[] object = Sources.compile(NESTED);
    RunningProgram program = Runtime.start(request(object, 1, true));
    missMore(program);
    long first = missedByInner(program);
    program = Runtime.update(program, request(object, 2, true)).program();
    assertThat(missedByInner(program)).isGreaterThanOrEqualTo(first);
    missMore(program);
    long second = missedByInner(program);
    program.leave(SOON);
    program = Runtime.start(request(object, 2, true));
    assertThat(program.notAdopted()).isEmpty();
    assertThat(missedByInner(program)).isGreaterThanOrEqualTo(second);
    program.close();
  }

  @Test
  void updatesOfFullMapsAreCountedUnlessTheProgramLooks() throws Exception {
    try (RunningProgram program = Runtime.start(request(Sources.compile(FULL), 1, false))) {
      produce();
      ProgramCounters counters = program.stop(SOON);
      long failed = number(program, "next") - 4;
      assertThat(failed).isGreaterThanOrEqualTo(EVENTS - 4);
      assertThat(counters.maps())
          .containsExactly(
              new MapCounters("set", failed),
              new MapCounters("counted", failed),
              new MapCounters("dropped", failed),
              new MapCounters("valued", failed));
      assertThat(counters.toJson()).contains("{\"name\":\"set\",\"failedUpdates\":" + failed + "}");
    }
  }

  @Test
  void failedUpdatesGoOnOverUpdatesAndAdoptions() throws Exception {
    byte[] object = Sources.compile(FULL);
    RunningProgram program = Runtime.start(request(object, 1, true));
    produce();
    program = Runtime.update(program, request(object, 2, true)).program();
    produce();
    program.leave(SOON);
    produce();
    program = Runtime.start(request(object, 2, true));
    produce();
    try (RunningProgram last = program) {
      ProgramCounters counters = last.stop(SOON);
      assertThat(counters.maps()).contains(new MapCounters("set", number(last, "next") - 4));
    }
  }
}

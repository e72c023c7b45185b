package dev.whistler.runtime.consume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.prog.TestRun;
import dev.whistler.bpf.sys.BootClock;
import dev.whistler.runtime.Identity;
import dev.whistler.runtime.RecordListener;
import dev.whistler.runtime.Sources;
import dev.whistler.runtime.account.RingAccount;
import dev.whistler.runtime.account.RingAccount.UndecodableRecord;
import dev.whistler.runtime.account.RingCounters;
import dev.whistler.runtime.account.SinkAccount;
import dev.whistler.runtime.decode.RingDecoder;
import dev.whistler.runtime.decode.WallClock;
import dev.whistler.runtime.decode.WideNumbers;
import dev.whistler.runtime.deliver.Delivery;
import dev.whistler.runtime.deliver.SinkSpec;
import dev.whistler.runtime.schema.MapSchema;
import dev.whistler.runtime.schema.SchemaReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Records that a program writes when it is run by hand, one at a time. */
@Timeout(60)
class RingPumpTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration SOON = Duration.ofSeconds(20);

  /** Longer than the clock keeps a sample. */
  private static final Duration OLD = Duration.ofMillis(150);

  private static final int LONG_PACKET = 100;
  private static final int SHORT_PACKET = 20;

  /** A whole record for a long packet, its first half for a short one. */
  private static final String SOURCE =
      """
      (defstruct whole (at u64) (size u64))
      (defstruct half (size u64))
      (defmap out :type :ringbuf :max-entries 4096 :record (whole half))

      (defprog p (:type :xdp)
        (let ((size (- (ctx data-end) (ctx data))))
          (if (> size 60)
              (with-ringbuf (e out (sizeof whole))
                (setf (whole-at e) (ktime-get-ns)  (whole-size e) size))
              (with-ringbuf (e out (sizeof half))
                (setf (half-size e) size))))
        XDP_PASS)
      """;

  @TempDir Path directory;
  private final LoadedObject program = load();
  private volatile Duration shift = Duration.ZERO;
  private final InstantSource wall = () -> Instant.now().plus(shift);

  private static BpfObject object() {
    return BpfObject.open(Sources.compile(SOURCE));
  }

  private static LoadedObject load() {
    return object().load();
  }

  @AfterEach
  void unload() {
    program.close();
  }

  private void run(int packetBytes) {
    program.program("p").testRun(TestRun.packet(new byte[packetBytes]));
  }

  /** The ring as a reader sees it that knows the whole records only. */
  private static MapSchema ring() throws Exception {
    MapSchema out =
        SchemaReader.read(object().section(".whistler.schema").orElseThrow()).maps().stream()
            .filter(MapSchema::isRing)
            .findAny()
            .orElseThrow();
    return new MapSchema(
        out.name(),
        out.symbol(),
        out.type(),
        out.key(),
        out.value(),
        out.maxEntries(),
        out.flags(),
        out.records().stream().filter(r -> r.struct().name().equals("whole")).toList(),
        out.tag(),
        out.programs(),
        out.pin());
  }

  private RingPump pump(Delivery delivery) throws Exception {
    return pump(program, delivery, Duration.ZERO, RecordListener.NONE);
  }

  private RingPump pump(
      LoadedObject producer, Delivery delivery, Duration pause, RecordListener listener)
      throws Exception {
    WallClock clock = new WallClock(BootClock::nanos, System::nanoTime, wall);
    Identity identity = new Identity("node-1", "by-hand", "uid-1", 1);
    RingDecoder decoder = new RingDecoder(ring(), identity, "boot", 1, clock, WideNumbers.NUMBER);
    RingSource source = new RingSource(producer.map("out"), 0, decoder, new RingAccount("out"));
    KernelCounters kernel = new KernelCounters(producer.map(".whistler.stats"));
    return new RingPump(
        "by-hand",
        List.of(source),
        List.of(delivery),
        kernel,
        List::of,
        clock,
        listener,
        0,
        null,
        SOON,
        pause,
        fault -> {
          throw new AssertionError(fault);
        });
  }

  private Delivery toFile() throws IOException {
    return Delivery.open(
        new SinkSpec.File(directory.resolve("out.json")),
        1 << 20,
        new SinkAccount("out.json", 1),
        _ -> {});
  }

  private List<JsonNode> lines() throws IOException {
    return Files.readAllLines(directory.resolve("out.json")).stream()
        .map(RingPumpTest::parse)
        .toList();
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new AssertionError(line, e);
    }
  }

  @Test
  void aShortRecordIsCountedAndKeptAndTheNextOnesGoOn() throws Exception {
    try (Delivery delivery = toFile();
        RingPump pump = pump(delivery)) {
      pump.start();
      for (int i = 0; i < 30; i++) {
        run(i % 3 == 1 ? SHORT_PACKET : LONG_PACKET + i);
      }
      assertThat(pump.end(SOON)).isTrue();
      delivery.stop(SOON);

      RingCounters counters = pump.counters().getFirst();
      assertThat(counters.produced()).isEqualTo(30);
      assertThat(counters.decoded()).isEqualTo(20);
      assertThat(counters.undecodable()).isEqualTo(10);
      assertThat(counters.balanced()).isTrue();
      // those after a short one are whole
      assertThat(lines()).extracting(line -> line.at("/data/size").asInt()).hasSize(20);
      assertThat(lines().get(1).at("/data/size").asInt()).isEqualTo(LONG_PACKET + 2);
      // 24 bytes of the first record with its header, 16 of the second
      assertThat(pump.undecodable())
          .hasSize(8)
          .startsWith(
              new UndecodableRecord("out", 24, 8, "1400000000000000"),
              new UndecodableRecord("out", 24 * 3 + 16, 8, "1400000000000000"));
    }
  }

  @Test
  void aWallClockThatStepsMovesTheTimesOfTheRecordsAfterIt() throws Exception {
    List<Duration> steps =
        List.of(
            Duration.ZERO,
            Duration.ofDays(400),
            Duration.ofDays(-400),
            Duration.ofHours(1),
            Duration.ofSeconds(-3));
    try (Delivery delivery = toFile();
        RingPump pump = pump(delivery)) {
      pump.start();
      for (int i = 0; i < steps.size(); i++) {
        shift = steps.get(i);
        Thread.sleep(OLD); // the reader waits for records meanwhile
        Instant before = wall.instant();
        run(LONG_PACKET);
        int expected = i + 1;
        await().atMost(SOON).until(() -> lines().size() == expected);
        JsonNode line = lines().getLast();
        // 1 ms: the offsets of clocks that are read one after the other
        assertThat(Instant.parse(line.at("/time").asText()))
            .isBetween(before.minusMillis(1), wall.instant().plusMillis(1));
        assertThat(line.at("/data/at")).isEqualTo(line.at("/time"));
      }
      assertThat(pump.end(SOON)).isTrue();
      delivery.stop(SOON);
      assertThat(pump.counters().getFirst().balanced()).isTrue();
    }
  }

  /** How often the reading thread has waited for something. */
  private static long waits() {
    try {
      return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
          .filter(line -> line.startsWith("voluntary_ctxt_switches:"))
          .mapToLong(line -> Long.parseLong(line.split("\\s+")[1]))
          .sum();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aReaderThatPausesDoesNotWakeForEachRecord() throws Exception {
    int records = 500;
    long[] waits = new long[2];
    RecordListener listener =
        (_, decoded) -> {
          if (decoded == 1 || decoded == records) {
            waits[decoded == 1 ? 0 : 1] = waits();
          }
        };
    byte[] large = Sources.compile(SOURCE.replace("4096", "4194304"));
    try (LoadedObject producer = BpfObject.open(large).load();
        Delivery delivery = toFile();
        RingPump pump = pump(producer, delivery, Duration.ofMillis(50), listener)) {
      pump.start();
      for (int i = 0; i < records; i++) {
        producer.program("p").testRun(TestRun.packet(new byte[LONG_PACKET]));
        LockSupport.parkNanos(200_000);
      }
      assertThat(pump.end(SOON)).isTrue();
      delivery.stop(SOON);
      assertThat(pump.counters().getFirst().decoded()).isEqualTo(records);
      assertThat(waits[1] - waits[0]).isLessThan(records / 2);
    }
  }
}

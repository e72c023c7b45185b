package dev.whistler.runtime.deliver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.whistler.runtime.account.LossReason;
import dev.whistler.runtime.account.SinkAccount;
import dev.whistler.runtime.account.SinkCounters;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class DeliveryTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private final SinkAccount account = new SinkAccount("test", 2);
  private final List<@Nullable String> health = new ArrayList<>();

  /** A destination that misbehaves as told. */
  private static class FakeSink implements Sink {
    final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    final CountDownLatch gate;
    int failures;

    /** How much it takes in all while it fails. */
    int bytesBeforeFailure;

    FakeSink(boolean open) {
      gate = new CountDownLatch(open ? 0 : 1);
    }

    @Override
    public void write(ByteBuffer lines) throws IOException {
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      int size = lines.remaining();
      if (failures > 0) {
        failures--;
        size = Math.min(bytesBeforeFailure - taken.size(), size);
        int start = lines.position();
        lines.position(start + size);
        size -= WholeLines.takeBack(lines, start);
        lines.position(start);
      }
      byte[] bytes = new byte[size];
      lines.get(bytes);
      taken.writeBytes(bytes);
      if (lines.hasRemaining()) {
        throw new IOException("no space");
      }
    }

    @Override
    public void close() {}
  }

  /** Waits for room while told so. */
  private static Patience patience(BooleanSupplier waits) {
    return new Patience() {
      @Override
      public long waitNanos() {
        return waits.getAsBoolean() ? SOON.toNanos() : 0;
      }

      @Override
      public LossReason refusal() {
        return LossReason.QUEUE_FULL;
      }
    };
  }

  private static final Patience WAITS = patience(() -> true);
  private static final Patience WAITS_NOT = patience(() -> false);

  private Delivery deliverTo(Sink sink, int queueBytes) {
    return new Delivery("test", sink, queueBytes, account, health::add);
  }

  private static LineBatch lines(int ring, String... lines) {
    LineBatch batch = new LineBatch(16);
    for (String line : lines) {
      byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
      batch.add(ring, bytes, 0, bytes.length);
    }
    return batch;
  }

  @Test
  void everythingArrivesInOrder() {
    FakeSink sink = new FakeSink(true);
    Delivery delivery = deliverTo(sink, 1 << 20);
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 50_000; i++) {
      String line = "line " + i + "\n";
      all.append(line);
      delivery.offer(lines(i % 2, line), WAITS);
    }
    delivery.stop(SOON);
    assertThat(sink.taken.toString(StandardCharsets.UTF_8)).isEqualTo(all.toString());
    assertThat(account.counters(0)).isEqualTo(new SinkCounters("test", 0, 25_000, Map.of(), 0));
    assertThat(account.counters(1)).isEqualTo(new SinkCounters("test", 0, 25_000, Map.of(), 0));
    assertThat(health).isEmpty();
  }

  @Test
  void linesOutsideTheCountAreDeliveredUncounted() {
    FakeSink sink = new FakeSink(true);
    Delivery delivery = deliverTo(sink, 1 << 20);
    delivery.offer(lines(LineBatch.UNCOUNTED, "loss\n"), WAITS);
    delivery.stop(SOON);
    assertThat(sink.taken.toString(StandardCharsets.UTF_8)).isEqualTo("loss\n");
    assertThat(account.counters(0).delivered()).isZero();
  }

  @Test
  void whileItHarmsNobodyTheReaderWaitsBeyondItsPatience() throws Exception {
    FakeSink sink = new FakeSink(false);
    Delivery delivery = deliverTo(sink, 100);
    AtomicBoolean harmless = new AtomicBoolean(true);
    Thread reader =
        Thread.startVirtualThread(
            () -> {
              for (int i = 0; i < 100; i++) {
                delivery.offer(lines(0, "0123456789"), patience(harmless::get));
              }
            });
    assertThat(reader.join(Duration.ofMillis(300))).as("waits").isFalse();
    assertThat(account.counters(0).lostTotal()).isZero();

    harmless.set(false);
    assertThat(reader.join(SOON)).as("waits no longer").isTrue();
    assertThat(account.counters(0).lost()).containsOnlyKeys(LossReason.QUEUE_FULL);
    sink.gate.countDown();
    delivery.stop(SOON);
    assertThat((long) sink.taken.size()).isEqualTo(10 * account.counters(0).delivered());
    assertThat(account.counters(0).delivered() + account.counters(0).lostTotal()).isEqualTo(100);
  }

  @Test
  void aStalledSinkThatNobodyWaitsForCostsRecords() {
    FakeSink sink = new FakeSink(false);
    Delivery delivery = deliverTo(sink, 100);
    for (int i = 0; i < 1000; i++) {
      delivery.offer(lines(0, "0123456789"), WAITS_NOT);
    }
    SinkCounters stalled = account.counters(0);
    assertThat(stalled.queued() + stalled.lostTotal()).isEqualTo(1000);
    assertThat(stalled.lost()).containsOnlyKeys(LossReason.QUEUE_FULL);
    assertThat(stalled.queued()).isBetween(10L, 20L);
    assertThat(delivery.linesTaken()).isZero();

    sink.gate.countDown();
    delivery.offer(lines(0, "0123456789"), WAITS);
    delivery.stop(SOON);
    SinkCounters after = account.counters(0);
    assertThat(after.delivered() + after.lostTotal()).isEqualTo(1001);
    assertThat((long) sink.taken.size()).isEqualTo(10 * after.delivered());
    assertThat(delivery.linesTaken()).isEqualTo(after.delivered());
  }

  /** What the writer holds when its lines are given up is counted once, whatever becomes of it. */
  @Test
  void whatIsGivenUpIsNotCountedAsDeliveredToo() {
    FakeSink sink = new FakeSink(false);
    Delivery delivery = deliverTo(sink, 100);
    delivery.offer(lines(0, "0123456789"), WAITS);
    await().atMost(SOON).until(() -> delivery.queuedLines() == 1);
    delivery.giveUp(LossReason.QUEUE_FULL);
    delivery.offer(lines(0, "0123456789"), WAITS);
    sink.gate.countDown();
    delivery.stop(SOON);
    assertThat(account.counters(0))
        .isEqualTo(new SinkCounters("test", 0, 1, Map.of(LossReason.QUEUE_FULL, 1L), 0));
  }

  @Test
  void aSinkThatFailsForAShortTimeLosesNothing() {
    FakeSink sink = new FakeSink(true);
    sink.failures = 1;
    sink.bytesBeforeFailure = 4;
    Delivery delivery = deliverTo(sink, 1 << 20);
    delivery.offer(lines(0, "abc\n", "def\n", "ghi\n"), WAITS);
    await().atMost(SOON).until(delivery::isIdle);
    delivery.stop(SOON);
    assertThat(sink.taken.toString(StandardCharsets.UTF_8)).isEqualTo("abc\ndef\nghi\n");
    assertThat(account.counters(0)).isEqualTo(new SinkCounters("test", 0, 3, Map.of(), 0));
    assertThat(health).containsExactly("The sink 'test' does not accept records: no space", null);
  }

  @Test
  void aSinkThatFailsForLongLosesWithAReason() {
    FakeSink sink = new FakeSink(true);
    sink.failures = 3;
    sink.bytesBeforeFailure = 6;
    Delivery delivery = deliverTo(sink, 1 << 20);
    delivery.offer(lines(1, "abc\n", "def\n", "ghi\n"), WAITS);
    await().atMost(SOON).until(delivery::isIdle);
    assertThat(account.counters(1))
        .isEqualTo(new SinkCounters("test", 0, 1, Map.of(LossReason.SINK_FAILED, 2L), 0));
    delivery.stop(SOON);
    assertThat(sink.taken.toString(StandardCharsets.UTF_8)).isEqualTo("abc\n");
  }

  @Test
  void aLineLargerThanTheQueueIsLost() {
    FakeSink sink = new FakeSink(true);
    Delivery delivery = deliverTo(sink, 100);
    delivery.offer(lines(0, "x".repeat(101), "y"), WAITS);
    delivery.stop(SOON);
    assertThat(account.counters(0))
        .isEqualTo(new SinkCounters("test", 0, 1, Map.of(LossReason.TOO_LARGE, 1L), 0));
  }

  @Test
  void stoppingCountsWhatASinkDidNotTake() {
    FakeSink sink = new FakeSink(false);
    Delivery delivery = deliverTo(sink, 1 << 20);
    delivery.offer(lines(0, "a\n", "b\n"), WAITS);
    delivery.stop(Duration.ofMillis(100));
    delivery.offer(lines(0, "c\n"), WAITS);
    assertThat(account.counters(0))
        .isEqualTo(new SinkCounters("test", 0, 0, Map.of(LossReason.STOPPED, 3L), 0));
  }

  @Test
  void filesAreAppendedTo(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("out.json");
    for (String line : new String[] {"one\n", "two\n"}) {
      Delivery delivery = Delivery.open(new SinkSpec.File(file), 1 << 20, account, health::add);
      delivery.offer(lines(0, line), WAITS);
      delivery.stop(SOON);
    }
    assertThat(file).hasContent("one\ntwo\n");
    assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
  }

  /** More of them than this machine has CPUs. */
  @Test
  void sinksThatStandStillKeepNobodyElseFromWriting(@TempDir Path directory) throws Exception {
    Path pipe = directory.resolve("pipe");
    new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
    Path file = directory.resolve("file");
    List<Delivery> stalled = new ArrayList<>();
    try (RandomAccessFile _ = new RandomAccessFile(pipe.toFile(), "rw");
        Delivery other = open(file)) {
      String line = "x".repeat(1 << 16);
      for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors() + 2; i++) {
        Delivery delivery = open(pipe);
        stalled.add(delivery);
        delivery.offer(lines(LineBatch.UNCOUNTED, line, line), WAITS);
      }
      other.offer(lines(0, "line\n"), WAITS);
      await().atMost(SOON).until(other::isIdle);
      assertThat(file).hasContent("line");
    } finally {
      stalled.forEach(Delivery::close);
    }
  }

  private Delivery open(Path path) throws IOException {
    return Delivery.open(new SinkSpec.File(path), 1 << 20, account, health::add);
  }

  /** A pipe that nobody reads for a while: one sentence when it begins and one null at its end. */
  @Test
  void aSinkThatTakesNothingIsInTroubleUntilItTakesALine() {
    FakeSink sink = new FakeSink(false);
    Delivery delivery =
        new Delivery("test", sink, 100, account, health::add, Duration.ofMillis(1500));
    delivery.offer(lines(0, "0123456789"), WAITS);
    await().atMost(SOON).until(() -> !health.isEmpty());
    assertThat(health.getFirst()).startsWith("The sink 'test' stands still: ");
    // what waited is given up, and still nothing is taken
    delivery.giveUp(LossReason.QUEUE_FULL);
    await().during(Duration.ofMillis(1500)).atMost(SOON).until(() -> health.size() == 1);

    sink.gate.countDown();
    await().atMost(SOON).until(() -> health.size() == 2);
    assertThat(health.getLast()).isNull();
    delivery.stop(SOON);
    assertThat(health).hasSize(2);
  }

  @Test
  void anIdleSinkDoesNotStandStill() {
    Delivery delivery =
        new Delivery("test", new FakeSink(true), 100, account, health::add, Duration.ofMillis(1));
    delivery.offer(lines(0, "0123456789"), WAITS);
    await().during(Duration.ofMillis(2500)).atMost(SOON).until(health::isEmpty);
    delivery.stop(SOON);
  }

  /** The kernel mixes what several threads write into a full pipe. */
  @Test
  void linesOfSeveralProgramsOnStandardOutputStayWhole() throws Exception {
    int whole = 0;
    try (WritingProcess process = WritingProcess.toStdout(4, 500);
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(process.output(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        assertThat(line).startsWith("{\"n\":").endsWith("\"}").doesNotContain("}{");
        whole++;
      }
    }
    assertThat(whole).isEqualTo(2000);
  }

  @Test
  void linksAreNotFollowed(@TempDir Path directory) throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("l"), directory.resolve("target"));
    assertThatThrownBy(() -> Delivery.open(new SinkSpec.File(link), 1 << 20, account, health::add))
        .isInstanceOf(IOException.class);
    assertThat(directory.resolve("target")).doesNotExist();
  }
}

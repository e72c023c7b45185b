package dev.whistler.runtime.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.ring.RingBufferReader;
import dev.whistler.runtime.account.LossReason;
import dev.whistler.runtime.account.SinkAccount;
import dev.whistler.runtime.account.SinkCounters;
import dev.whistler.runtime.deliver.Delivery;
import dev.whistler.runtime.deliver.LineBatch;
import dev.whistler.runtime.deliver.SinkSpec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A sink that nobody reads beside one that takes everything. */
@Timeout(60)
class BackPressureTest {
  private static final Duration PATIENCE = Duration.ofMillis(200);
  private static final Duration ENDLESS = Duration.ofMinutes(1);
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final int QUEUE_BYTES = 64 << 10;
  private static final String LINE = "x".repeat(1 << 14);

  /** More than a queue and a pipe hold. */
  private static final int MANY = 100;

  @TempDir Path directory;
  private final RingBufferReader reader = RingBufferReader.retaining(List.of());
  private final RingRoom room = new RingRoom(List.of(), reader);
  private final SinkAccount stalledAccount = new SinkAccount("stalled", 1);
  private final SinkAccount otherAccount = new SinkAccount("other", 1);
  private RandomAccessFile pipe;
  private Delivery stalled;
  private Delivery other;

  @BeforeEach
  void open() throws Exception {
    Path path = directory.resolve("pipe");
    new ProcessBuilder("mkfifo", path.toString()).start().waitFor();
    pipe = new RandomAccessFile(path.toFile(), "rw");
    stalled = open(path, stalledAccount);
    other = open(Path.of("/dev/null"), otherAccount);
  }

  private static Delivery open(Path path, SinkAccount account) throws IOException {
    return Delivery.open(new SinkSpec.File(path), QUEUE_BYTES, account, _ -> {});
  }

  @AfterEach
  void close() throws IOException {
    stalled.close();
    other.close();
    reader.close();
    pipe.close();
  }

  private BackPressure ofBoth(Duration patience) {
    return new BackPressure(room, List.of(stalled, other), patience);
  }

  private static LineBatch line() {
    LineBatch batch = new LineBatch(16);
    batch.add(0, LINE.getBytes(StandardCharsets.US_ASCII), 0, LINE.length());
    return batch;
  }

  private static Duration offerMany(BackPressure backPressure) {
    long begin = System.nanoTime();
    for (int i = 0; i < MANY; i++) {
      backPressure.offer(line());
    }
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  @Test
  void aStalledSinkCostsRecordsNotTime() {
    Duration took = offerMany(ofBoth(PATIENCE));
    // its patience each time would be ten times as much
    assertThat(took).isBetween(PATIENCE, PATIENCE.multipliedBy(10));
    SinkCounters counters = stalledAccount.counters(0);
    assertThat(counters.lost()).containsOnlyKeys(LossReason.QUEUE_FULL);
    assertThat(counters.queued() + counters.delivered() + counters.lostTotal()).isEqualTo(MANY);
    other.stop(SOON);
    assertThat(otherAccount.counters(0)).isEqualTo(new SinkCounters("other", 0, MANY, Map.of(), 0));
  }

  @Test
  void anEndCutsItsPatienceShort() throws Exception {
    BackPressure backPressure = ofBoth(ENDLESS);
    Thread waiting = Thread.ofPlatform().daemon().start(() -> offerMany(backPressure));
    assertThat(waiting.join(Duration.ofMillis(300))).as("waits").isFalse();
    backPressure.end(Duration.ofMillis(20), Duration.ofMillis(40));
    assertThat(waiting.join(SOON)).as("waits no longer").isTrue();
    assertThat(backPressure.isReading()).isFalse();
    assertThat(stalledAccount.counters(0).lost()).containsOnlyKeys(LossReason.STOPPED);
  }

  @Test
  void theOnlySinkIsWaitedForWhileTheRingsHaveRoomAndNotBeyondAnEnd() throws Exception {
    BackPressure backPressure = new BackPressure(room, List.of(stalled), Duration.ZERO);
    Thread waiting = Thread.ofPlatform().daemon().start(() -> offerMany(backPressure));
    assertThat(waiting.join(Duration.ofMillis(300))).as("waits").isFalse();
    assertThat(stalledAccount.counters(0).lostTotal()).isZero();
    backPressure.end(Duration.ZERO, Duration.ZERO);
    assertThat(waiting.join(SOON)).as("waits no longer").isTrue();
    assertThat(backPressure.awaitIdle(System.nanoTime())).isFalse();
  }

  @Test
  void aLaterEndCanOnlyBeSooner() {
    BackPressure backPressure = ofBoth(ENDLESS);
    assertThat(backPressure.mayRead()).isTrue();
    backPressure.end(SOON, SOON);
    backPressure.end(ENDLESS, ENDLESS);
    assertThat(backPressure.readNanos()).isPositive().isLessThanOrEqualTo(SOON.toNanos());
    backPressure.end(Duration.ZERO, Duration.ZERO);
    assertThat(backPressure.mayRead()).isFalse();
  }
}

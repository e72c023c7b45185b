package dev.whistler.bpf.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.ClangObjects;
import dev.whistler.bpf.KernelObjects;
import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.prog.TestRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RingBufferReaderTest {
  private static final int RECORD_BYTES = 32 + 8;
  private KernelObjects before;
  private LoadedObject loaded;

  @BeforeEach
  void load() {
    before = KernelObjects.now();
    loaded = BpfObject.open(ClangObjects.build("ring")).load();
  }

  @AfterEach
  void unload() {
    loaded.close();
    before.assertUnchanged();
  }

  private void emit(int records) {
    loaded.program("emit").testRun(TestRun.packet(new byte[64]).repeated(records));
  }

  @Test
  void recordsComeInOrderWithTheirPositions() {
    emit(3);
    try (RingBufferReader reader = RingBufferReader.open(loaded.map("events"))) {
      List<Long> positions = new ArrayList<>();
      int count =
          reader.poll(
              record -> {
                positions.add(record.position());
                assertThat(record.length()).isEqualTo(32);
                assertThat(record.getLong(0)).isEqualTo(64);
                assertThat(record.getInt(8)).isEqualTo(7);
                assertThat(new String(record.bytes(), 12, 15, StandardCharsets.US_ASCII))
                    .isEqualTo("fifteen letters");
                assertThatThrownBy(() -> record.getInt(29))
                    .isInstanceOf(IndexOutOfBoundsException.class);
              },
              Duration.ofSeconds(1));
      assertThat(count).isEqualTo(3);
      assertThat(positions).containsExactly(0L, 40L, 80L);
      assertThat(reader.consumerPosition(0)).isEqualTo(reader.producerPosition(0));
    }
  }

  @Test
  void theNextReaderGoesOnWhereTheLastOneStopped() {
    emit(5);
    try (RingBufferReader reader = RingBufferReader.open(loaded.map("events"))) {
      assertThat(reader.consume(record -> {}, 2)).isEqualTo(2);
    }
    try (RingBufferReader reader = RingBufferReader.open(loaded.map("events"))) {
      assertThat(reader.consumerPosition(0)).isEqualTo(2 * RECORD_BYTES);
      assertThat(reader.consume(record -> {}, 100)).isEqualTo(3);
    }
  }

  @Test
  void discardedRecordsAreSkippedAndTheRingWrapsManyTimes() {
    try (RingBufferReader reader = RingBufferReader.open(loaded.map("events"))) {
      long total = 0;
      for (int round = 0; round < 100; round++) {
        emit(500);
        loaded.program("discard").testRun(TestRun.packet(new byte[64]).repeated(10));
        total +=
            reader.consume(record -> assertThat(record.getInt(8)).isEqualTo(7), Integer.MAX_VALUE);
      }
      assertThat(total).isEqualTo(50_000);
    }
  }

  @Test
  void aFullRingRefusesAndGoesOnAfterReading() {
    TestRun one = TestRun.packet(new byte[64]);
    emit(65536 / RECORD_BYTES + 10);
    assertThat(loaded.program("emit").testRun(one).returnValue()).isEqualTo(1);
    try (RingBufferReader reader = RingBufferReader.open(loaded.map("events"))) {
      assertThat(reader.consume(record -> {}, Integer.MAX_VALUE)).isEqualTo(65536 / RECORD_BYTES);
      assertThat(loaded.program("emit").testRun(one).returnValue()).isEqualTo(2);
    }
  }

  @Test
  void aRecordWhoseHandlerFailsStaysInTheRing() {
    emit(2);
    try (RingBufferReader reader = RingBufferReader.open(loaded.map("events"))) {
      List<Long> seen = new ArrayList<>();
      assertThatThrownBy(
              () ->
                  reader.consume(
                      record -> {
                        seen.add(record.position());
                        if (record.position() > 0) {
                          throw new IllegalStateException("not now");
                        }
                      },
                      10))
          .hasMessage("not now");
      reader.consume(record -> seen.add(record.position()), 10);
      assertThat(seen).containsExactly(0L, 40L, 40L);
    }
  }

  private void run(String program) {
    loaded.program(program).testRun(TestRun.packet(new byte[64]));
  }

  /** The kernel's directory about the calling thread. */
  private static Path thisTask() {
    try {
      return Path.of("/proc/thread-self").toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** By the number of the system call that a thread is in; a running one has none. */
  private static boolean isInEpollWait(Path task) throws IOException {
    return Set.of("232", "281").contains(Files.readString(task.resolve("syscall")).split(" ")[0]);
  }

  @Test
  void oneReaderTakesFromSeveralRings() {
    run("emit_other");
    emit(2);
    try (RingBufferReader reader =
        RingBufferReader.open(loaded.map("events"), loaded.map("others"))) {
      List<Integer> rings = new ArrayList<>();
      while (reader.poll(record -> rings.add(record.ring()), Duration.ofMillis(50)) > 0) {}
      assertThat(rings).containsExactlyInAnyOrder(0, 0, 1);
      run("emit_other");
      assertThat(reader.poll(record -> rings.add(record.ring()), Duration.ofSeconds(20)))
          .isEqualTo(1);
      assertThat(rings.getLast()).isEqualTo(1);
    }
  }

  @Test
  void aRecordWithoutAWakeUpWaitsForTheTimeOrOneThatForcesIt() throws Exception {
    try (RingBufferReader reader = RingBufferReader.open(loaded.map("others"))) {
      List<Long> numbers = new ArrayList<>();
      CompletableFuture<Path> reading = new CompletableFuture<>();
      CompletableFuture<Integer> read =
          CompletableFuture.supplyAsync(
              () -> {
                reading.complete(thisTask());
                return reader.poll(record -> numbers.add(record.getLong(0)), Duration.ofMinutes(5));
              },
              task -> new Thread(task).start());
      // Not before: a wait that begins with a record there ends at once.
      await().until(() -> isInEpollWait(reading.get(20, TimeUnit.SECONDS)));
      run("emit_quietly");
      Thread.sleep(50);
      assertThat(read).isNotDone();
      // By itself the kernel announces only what comes into a ring that was read to its end.
      run("emit_other");
      Thread.sleep(50);
      assertThat(read).isNotDone();
      run("emit_loudly");
      read.get(20, TimeUnit.SECONDS);
      assertThat(numbers).startsWith(2L);
      run("emit_quietly");
      numbers.clear();
      while (reader.poll(record -> numbers.add(record.getLong(0)), Duration.ofMillis(1)) > 0) {}
      assertThat(numbers).endsWith(2L);
    }
  }

  @Test
  void closingMakesAWaitingReadReturn() throws Exception {
    RingBufferReader reader = RingBufferReader.open(loaded.map("events"));
    CompletableFuture<Integer> read =
        CompletableFuture.supplyAsync(
            () -> reader.poll(record -> {}, Duration.ofMinutes(5)),
            task -> new Thread(task).start());
    Thread.sleep(50);
    assertThat(read).isNotDone();
    reader.close();
    assertThat(read.get(5, TimeUnit.SECONDS)).isZero();
    assertThat(reader.poll(record -> {}, Duration.ZERO)).isZero();
  }

  @Test
  void wakingMakesAWaitingReadReturnOnce() throws Exception {
    try (RingBufferReader reader = RingBufferReader.open(loaded.map("events"))) {
      reader.wake();
      long start = System.nanoTime();
      assertThat(reader.poll(record -> {}, Duration.ofMinutes(5))).isZero();
      assertThat(reader.poll(record -> {}, Duration.ofMillis(50))).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(Duration.ofMillis(50), Duration.ofSeconds(5));
    }
  }

  @Test
  void aHandlerMayCloseItsReader() {
    emit(2);
    RingBufferReader reader = RingBufferReader.open(loaded.map("events"));
    reader.poll(record -> reader.close(), Duration.ofSeconds(1));
    assertThat(reader.isClosed()).isTrue();
  }

  @Test
  void aWaitEndsWhenARecordComes() throws Exception {
    try (RingBufferReader reader = RingBufferReader.open(loaded.map("events"))) {
      Thread producer =
          new Thread(
              () -> {
                try {
                  Thread.sleep(100);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                emit(1);
              });
      producer.start();
      assertThat(reader.poll(record -> {}, Duration.ofSeconds(20))).isEqualTo(1);
      producer.join();
    }
  }
}

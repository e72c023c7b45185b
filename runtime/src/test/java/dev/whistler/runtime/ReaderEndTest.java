package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whistler.runtime.account.LossReason;
import dev.whistler.runtime.account.RingCounters;
import dev.whistler.runtime.deliver.SinkSpec;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Architecture §5: the counts are exact however a reader ends, be it stopped, replaced or left,
 * with sinks that take everything, something, or nothing. {@code -Dwhistler.ends=1000} for the long
 * form, {@code -Dwhistler.seed} for one run again.
 */
@Timeout(1800)
class ReaderEndTest {
  private static final int RUNS = Integer.getInteger("whistler.ends", 30);
  private static final int EVENTS = 20_000;
  private static final int PIPES = 3;
  private static final Duration SOON = Duration.ofSeconds(30);

  /** For machines that are busy with something else; far below {@link #ENDLESS}. */
  private static final Duration GRACE = Duration.ofSeconds(20);

  /** The patience with a sink, where only its being cut short lets a test pass. */
  private static final Duration ENDLESS = Duration.ofMinutes(1);

  private static final int[] RING_BYTES = {1 << 12, 1 << 16, 1 << 20, 1 << 22};
  private static final int[] LIMIT_MILLIS = {0, 1, 20, 100, 300};
  private static final int[] PATIENCE_MILLIS = {0, 5, 50};

  @TempDir Path directory;
  @AutoClose private final SharedPins shared = SharedPins.create();
  private final Path pins = shared.path();
  private final List<Path> pipes = new ArrayList<>();
  private final List<RandomAccessFile> held = new ArrayList<>();
  private int uids;

  ReaderEndTest() throws IOException {}

  /** Pipes that nobody reads, held open so that they can be opened for writing. */
  @BeforeEach
  void makePipes() throws Exception {
    for (int i = 0; i < PIPES; i++) {
      Path pipe = directory.resolve("pipe-" + i);
      new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
      pipes.add(pipe);
      held.add(new RandomAccessFile(pipe.toFile(), "rw"));
    }
  }

  @AfterEach
  void closePipes() throws IOException {
    for (RandomAccessFile pipe : held) {
      pipe.close();
    }
  }

  private RunRequest request(int ringBytes, List<Path> sinks, Duration patience, boolean pinned) {
    RunRequest request =
        RunRequest.of(
                KillsObject.build(ringBytes), new Identity("node-1", "kills", "uid-end-" + uids, 1))
            .withMaps(WantedProcesses.of(List.of(ProcessHandle.current().pid())))
            .withSinks(named(sinks))
            .withLimits(Limits.DEFAULT.withQueueBytes(64 << 10).withSinkPatience(patience));
    return pinned ? request.withPinDirectory(pins) : request;
  }

  private static List<SinkSpec> named(List<Path> sinks) {
    List<SinkSpec> specs = new ArrayList<>();
    for (Path sink : sinks) {
      specs.add(new SinkSpec.File("sink-" + specs.size(), sink));
    }
    return specs;
  }

  private static RunRequest next(RunRequest request) {
    Identity was = request.identity();
    return request.withIdentity(
        new Identity(was.node(), was.program(), was.uid(), was.revision() + 1));
  }

  private static void produce(int events) {
    try (Producer producer = SelfKiller.paced(Long.MAX_VALUE)) {
      producer.begin(events);
    }
  }

  /** Takes what comes through a pipe from now on, with pauses. */
  private static final class PipeReader implements Closeable {
    private final Thread thread;
    private volatile boolean ended;

    PipeReader(RandomAccessFile pipe, long seed) {
      thread = Thread.ofPlatform().daemon().name("pipe").start(() -> read(pipe, new Random(seed)));
    }

    private void read(RandomAccessFile pipe, Random random) {
      byte[] bytes = new byte[1 << 14];
      try (FileInputStream in = new FileInputStream(pipe.getFD())) {
        while (!ended) {
          if (in.available() > 0) {
            int ignored = in.read(bytes);
          }
          if (in.available() == 0 || random.nextInt(8) == 0) {
            Thread.sleep(random.nextInt(1, 4));
          }
        }
      } catch (IOException | InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      ended = true;
    }
  }

  private static void assertExact(String title, RingCounters ring, long attempts) {
    assertThat(ring.balanced()).as(title + ": " + ring).isTrue();
    assertThat(ring.produced() + ring.lost())
        .as(title + ": attempts = produced + lost: " + ring)
        .isEqualTo(attempts);
  }

  @Test
  void aStopEndsWithinItsLimitThoughEverySinkStandsStill() throws Exception {
    for (boolean pinned : new boolean[] {false, true}) {
      for (int sinks = 1; sinks <= PIPES; sinks++) {
        uids++;
        String title = sinks + " sinks" + (pinned ? ", pinned" : "");
        try (RunningProgram program =
            Runtime.start(request(1 << 22, pipes.subList(0, sinks), ENDLESS, pinned))) {
          produce(EVENTS);
          long begin = System.nanoTime();
          RingCounters ring = program.stop(Duration.ofMillis(100)).rings().getFirst();
          assertThat(Duration.ofNanos(System.nanoTime() - begin)).as(title).isLessThan(GRACE);
          assertExact(title, ring, EVENTS);
          assertThat(program.counters().rings()).containsExactly(ring);
          assertThat(ring.sinks())
              .allSatisfy(
                  sink -> {
                    assertThat(sink.queued()).as(title).isZero();
                    assertThat(sink.lost()).as(title).containsKey(LossReason.STOPPED);
                  });
        }
      }
    }
  }

  @Test
  void anUpdateCountsEveryRecordOnceThoughEverySinkStandsStill() throws Exception {
    for (boolean pinned : new boolean[] {false, true}) {
      for (int sinks = 1; sinks <= PIPES; sinks++) {
        uids++;
        String title = sinks + " sinks" + (pinned ? ", pinned" : "");
        List<PipeReader> readers = new ArrayList<>();
        RunRequest request =
            request(1 << 22, pipes.subList(0, sinks), Duration.ofMillis(300), pinned);
        RunningProgram program = Runtime.start(request);
        try {
          produce(EVENTS);
          Updated updated = Runtime.update(program, next(request));
          program = updated.program();
          assertExact(title + ", earlier", updated.earlier().rings().getFirst(), EVENTS);
          for (int sink = 0; sink < sinks; sink++) {
            readers.add(new PipeReader(new RandomAccessFile(pipes.get(sink).toFile(), "rw"), sink));
          }
          produce(EVENTS);
          assertExact(title, program.stop(SOON).rings().getFirst(), 2 * EVENTS);
        } finally {
          program.close();
          readers.forEach(PipeReader::close);
        }
      }
    }
  }

  /** No number is told twice while the reader waits in the middle of a batch. */
  @Test
  void aScrapeNeverCountsARecordTwice() throws Exception {
    for (boolean pinned : new boolean[] {false, true}) {
      uids++;
      try (RunningProgram program =
          Runtime.start(request(1 << 22, pipes.subList(0, 2), ENDLESS, pinned))) {
        produce(EVENTS);
        await()
            .atMost(SOON)
            .until(() -> program.counters().rings().getFirst().sinks().getFirst().queued() > 0);
        for (int i = 0; i < 20; i++) {
          RingCounters ring = program.counters().rings().getFirst();
          assertThat(ring.decoded() + ring.undecodable() + ring.inRing() + ring.lost())
              .as(ring.toString())
              .isEqualTo(EVENTS);
        }
        assertExact("at the end", program.stop(Duration.ZERO).rings().getFirst(), EVENTS);
      }
    }
  }

  /** Whoever blocks the reader for ever is told of, not waited for. */
  @Test
  void aReaderThatDoesNotEndIsAFailure() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    RecordListener blocks =
        (ring, decoded) -> {
          try {
            never.await(1, TimeUnit.MINUTES);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    try (RunningProgram program =
        Runtime.start(
            request(1 << 16, List.of(directory.resolve("out")), Duration.ZERO, false)
                .withListener(blocks))) {
      produce(10);
      RingCounters ring = program.stop(Duration.ofMillis(50)).rings().getFirst();
      assertThat(program.state())
          .isInstanceOfSatisfying(
              ProgramState.Failed.class,
              failed -> assertThat(failed.message()).contains("did not end"));
      assertThat(ring.balanced()).as(ring.toString()).isTrue();
    } finally {
      never.countDown();
    }
  }

  @Test
  void countsAreExactHoweverAReaderEnds() throws Exception {
    long begin = System.nanoTime();
    int done = 0;
    while (done < RUNS && System.nanoTime() - begin < Duration.ofMinutes(27).toNanos()) {
      long seed = Long.getLong("whistler.seed", System.nanoTime());
      endAtRandom("run %d, seed %d".formatted(++done, seed), new Random(seed));
    }
    System.out.printf("%d of %d ends, all exact%n", done, RUNS);
  }

  private void endAtRandom(String run, Random random) throws Exception {
    uids++;
    boolean pinned = random.nextBoolean();
    int ringBytes = RING_BYTES[random.nextInt(RING_BYTES.length)];
    List<Path> sinks = new ArrayList<>();
    List<PipeReader> readers = new ArrayList<>();
    for (int sink = random.nextInt(3); sink >= 0; sink--) {
      switch (random.nextInt(4)) {
        case 0 -> sinks.add(Path.of("/dev/null"));
        case 1 -> sinks.add(Path.of("/dev/full"));
        case 2 -> sinks.add(pipes.get(sink));
        default -> {
          sinks.add(pipes.get(sink));
          readers.add(
              new PipeReader(
                  new RandomAccessFile(pipes.get(sink).toFile(), "rw"), random.nextLong()));
        }
      }
    }
    Duration patience = Duration.ofMillis(PATIENCE_MILLIS[random.nextInt(PATIENCE_MILLIS.length)]);
    String title =
        "%s, ring %d, %s%s, patience %s"
            .formatted(run, ringBytes, sinks, pinned ? ", pinned" : "", patience);
    RunRequest request = request(ringBytes, sinks, patience, pinned);
    AtomicReference<RunningProgram> program = new AtomicReference<>(Runtime.start(request));
    long attempts = 0;
    try (Producer producer = SelfKiller.paced(Long.MAX_VALUE)) {
      for (int step = random.nextInt(3); step >= 0; step--) {
        int events = random.nextInt(EVENTS);
        attempts += events;
        producer.begin(events);
        boolean quiet = random.nextBoolean();
        if (quiet) {
          producer.await();
        }
        int how = random.nextInt(pinned ? 3 : 2);
        title += List.of(", on", ", update", ", leave").get(how) + (quiet ? " quiet" : "");
        if (how == 1) {
          request = next(request);
          Updated updated = Runtime.update(program.get(), request);
          program.set(updated.program());
          if (quiet) {
            assertExact(title, updated.earlier().rings().getFirst(), attempts);
          }
        } else if (how == 2) {
          program.get().leave(limit(random));
          if (quiet) {
            assertExact(title, program.get().counters().rings().getFirst(), attempts);
          }
          program.set(Runtime.start(request));
        }
        producer.await();
      }
      Duration limit = limit(random);
      long begin = System.nanoTime();
      RingCounters ring = program.get().stop(limit).rings().getFirst();
      title += ", stop " + limit;
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).as(title).isLessThan(GRACE);
      assertExact(title, ring, attempts);
      assertThat(ring.sinks()).allSatisfy(sink -> assertThat(sink.queued()).isZero());
    } finally {
      program.get().close();
      readers.forEach(PipeReader::close);
    }
  }

  private static Duration limit(Random random) {
    return Duration.ofMillis(LIMIT_MILLIS[random.nextInt(LIMIT_MILLIS.length)]);
  }
}

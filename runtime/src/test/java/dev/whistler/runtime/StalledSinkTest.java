package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A sink that stands still, and a reader that is killed while it waits for it and taken over: the
 * identity of architecture §5 holds.
 */
@Timeout(120)
class StalledSinkTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  /** Of the 64 KiB that a pipe takes, more than can be in it while its writer gets on. */
  private static final int STALLED_BYTES = 60_000;

  private static final int EVENTS = 3000;

  /** Lines of 200 bytes, for the 4 MiB that wait for a sink at most. */
  private static final int MORE_THAN_A_QUEUE = 60_000;

  private static final Pattern LOST = Pattern.compile("QUEUE_FULL=(\\d+)");
  private static final List<Long> US = List.of(ProcessHandle.current().pid());

  @TempDir Path directory;
  @AutoClose private final SharedPins shared = SharedPins.create();
  private final Path pins = shared.path();

  StalledSinkTest() throws IOException {}

  private Path object(int ringBytes) throws IOException {
    return KillsObject.write(directory, ringBytes);
  }

  private ConsumerProcess start(Path object, Path sink) throws IOException {
    return new ConsumerProcess(object, pins, 1, US, List.of(sink));
  }

  private static void produce(int events) {
    try (Producer producer = SelfKiller.paced(Long.MAX_VALUE)) {
      producer.begin(events);
    }
  }

  /** A pipe that is never read while it is held open by what this returns. */
  private static RandomAccessFile pipe(Path path) throws Exception {
    new ProcessBuilder("mkfifo", path.toString()).start().waitFor();
    return new RandomAccessFile(path.toFile(), "rw");
  }

  @Test
  void whileTheRingHasRoomNothingIsLost() throws Exception {
    Path object = object(1 << 20);
    Path sink = directory.resolve("sink");
    try (RandomAccessFile pipe = pipe(sink);
        FileInputStream end = new FileInputStream(pipe.getFD());
        ConsumerProcess first = start(object, sink)) {
      produce(EVENTS);
      await().atMost(SOON).until(() -> end.available() > STALLED_BYTES);
      first.kill();

      // now the pipe is read, with what the killed reader had written
      try (NumberedLines lines = new NumberedLines(sink);
          ConsumerProcess second = start(object, sink)) {
        produce(EVENTS);
        List<String> terms = second.stop(SOON);
        lines.finish();
        assertThat(terms.subList(0, 3))
            .as(terms.get(3))
            .containsExactly("true", Integer.toString(2 * EVENTS), "0");
        assertThat(terms.get(3)).contains("delivered=" + 2 * EVENTS, "queued=0");
        // at least once: a number may come twice
        assertThat(lines.distinct()).isEqualTo(2L * EVENTS);
        assertThat(lines.withoutGaps()).isTrue();
      }
    }
  }

  /** More than a queue takes: records wait in the ring, longer than a sink's patience. */
  @Test
  void aSlowSinkAloneCostsNothingWhileTheRingHasRoom() throws Exception {
    Path sink = directory.resolve("sink");
    try (RandomAccessFile pipe = pipe(sink);
        FileInputStream end = new FileInputStream(pipe.getFD());
        ConsumerProcess consumer = start(object(1 << 24), sink)) {
      produce(MORE_THAN_A_QUEUE);
      await().atMost(SOON).until(() -> end.available() > STALLED_BYTES);
      await()
          .during(Duration.ofSeconds(1))
          .atMost(SOON)
          .until(() -> lostInSink(consumer.terms()) == 0);
      try (NumberedLines lines = new NumberedLines(sink)) {
        await()
            .atMost(SOON)
            .until(() -> consumer.terms().get(3).contains("delivered=" + MORE_THAN_A_QUEUE));
        List<String> terms = consumer.stop(SOON);
        lines.finish();
        assertThat(terms.get(0)).as(terms.get(3)).isEqualTo("true");
        assertThat(lines.distinct()).isEqualTo(MORE_THAN_A_QUEUE);
      }
    }
  }

  @Test
  void whatTheRingCannotHoldIsCounted() throws Exception {
    Path object = object(1 << 16);
    Path sink = directory.resolve("sink");
    try (RandomAccessFile _ = pipe(sink)) {
      long given;
      try (ConsumerProcess first = start(object, sink)) {
        produce(EVENTS);
        await().atMost(SOON).until(() -> lostInSink(first.terms()) > 0);
        given = lostInSink(first.terms());
        first.kill();
      }
      try (ConsumerProcess second = start(object, sink)) {
        // What the account did not have yet is still in the ring, and is given up once more.
        await("goes on from " + given)
            .atMost(SOON)
            .until(() -> lostInSink(second.terms()) >= given);
        produce(EVENTS);
        List<String> terms = second.stop(Duration.ofSeconds(3));
        assertThat(terms.get(0)).as(terms.get(3)).isEqualTo("true");
        assertThat(Long.parseLong(terms.get(1)) + Long.parseLong(terms.get(2)))
            .as("attempts = produced + lost: " + terms.get(3))
            .isEqualTo(2L * EVENTS);
        assertThat(terms.get(3)).contains("inRing=0", "queued=0");
      }
    }
  }

  /** It costs the other as much as the patience with it, once. */
  @ParameterizedTest
  @ValueSource(strings = {"a pipe that nobody reads", "/dev/full"})
  void aSinkThatTakesNothingDoesNotStarveTheOther(String kind) throws Exception {
    int rate = 20_000;
    int events = 5 * rate;
    Path sink = directory.resolve("sink");
    Path stalled = kind.equals("/dev/full") ? Path.of(kind) : directory.resolve("stalled");
    try (RandomAccessFile _ = kind.equals("/dev/full") ? null : pipe(stalled);
        NumberedLines lines = new NumberedLines(sink);
        Producer producer = SelfKiller.paced(rate);
        ConsumerProcess consumer =
            new ConsumerProcess(object(1 << 16), pins, 1, US, List.of(sink, stalled))) {
      producer.begin(events);
      producer.await();
      List<String> terms = consumer.stop(Duration.ofSeconds(3));
      lines.finish();
      System.out.println(kind + ": " + terms.get(3));
      assertThat(terms.get(0)).as(terms.get(3)).isEqualTo("true");
      assertThat(Long.parseLong(terms.get(1)) + Long.parseLong(terms.get(2)))
          .as("attempts = produced + lost: " + terms.get(3))
          .isEqualTo(events);
      assertThat(terms.get(3)).as("the other loses nothing that was read").contains("lost={}");
      assertThat(lines.distinct()).isGreaterThan(events / 2);
    }
  }

  private static long lostInSink(List<String> terms) {
    Matcher lost = LOST.matcher(terms.get(3));
    return lost.find() ? Long.parseLong(lost.group(1)) : 0;
  }
}

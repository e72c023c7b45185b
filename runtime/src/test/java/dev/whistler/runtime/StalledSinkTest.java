package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whistler.bpf.sys.DetachedMount;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

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
  private static final Pattern LOST = Pattern.compile("QUEUE_FULL=(\\d+)");
  private static final List<Long> US = List.of(ProcessHandle.current().pid());

  @TempDir Path directory;
  private final DetachedMount bpffs = DetachedMount.of("bpf");

  // The way by which other processes come to it too.
  private final Path pins =
      Path.of("/proc/" + ProcessHandle.current().pid())
          .resolve(Path.of("/proc/self").relativize(bpffs.path()))
          .resolve("whistler");

  @BeforeEach
  void makeRoot() throws IOException {
    Files.createDirectory(
        pins, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  @AfterEach
  void unmount() {
    bpffs.close();
  }

  private Path object(int ringBytes) throws IOException {
    return Files.write(
        directory.resolve("kills-" + ringBytes + ".o"), KillsObject.build(ringBytes));
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
        assertThat(lostInSink(second.terms())).as("goes on from").isGreaterThanOrEqualTo(given);
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

  private static long lostInSink(List<String> terms) {
    Matcher lost = LOST.matcher(terms.get(3));
    return lost.find() ? Long.parseLong(lost.group(1)) : 0;
  }
}

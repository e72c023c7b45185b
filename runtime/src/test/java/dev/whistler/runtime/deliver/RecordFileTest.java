package dev.whistler.runtime.deliver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.whistler.runtime.account.LossReason;
import dev.whistler.runtime.account.SinkAccount;
import dev.whistler.runtime.account.SinkCounters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A file that is bounded, moved, removed, full or broken off: its lines stay whole. */
@Timeout(120)
final class RecordFileTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final FileBounds SMALL = new FileBounds(64 << 10, 2);

  @TempDir Path directory;
  private int number;

  /** 1,000 bytes. */
  private String line() {
    String head = "{\"n\":%d,\"text\":\"".formatted(number++);
    return head + "x".repeat(997 - head.length()) + "\"}\n";
  }

  private static void write(RecordFile file, String text) throws IOException {
    file.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  /** The lines of a file, every one whole. */
  static List<String> wholeLines(Path file) throws IOException {
    String text = Files.readString(file);
    assertThat(text.isEmpty() || text.endsWith("\n")).as("ends with a line").isTrue();
    List<String> lines = text.lines().toList();
    assertThat(lines).allMatch(line -> line.startsWith("{\"n\":") && line.endsWith("\"}"));
    return lines;
  }

  @Test
  void nothingIsWrittenWhileAllFilesTogetherTakeTooMuch() throws Exception {
    AtomicBoolean exhausted = new AtomicBoolean();
    Path path = directory.resolve("forks");
    try (RecordFile file = RecordFile.open(path, new FileBounds(64 << 10, 2, exhausted::get))) {
      write(file, line());
      exhausted.set(true);
      assertThatThrownBy(() -> write(file, line()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("all programs");
      exhausted.set(false);
      write(file, line());
    }
    assertThat(wholeLines(path)).hasSize(2);
  }

  @Test
  void aFileInTheWayOfTheFolderIsNamed() throws Exception {
    Path inTheWay = Files.writeString(directory.resolve("forks"), "earlier");

    assertThatThrownBy(() -> RecordFile.open(inTheWay.resolve("audit"), SMALL))
        .isInstanceOf(IOException.class)
        .hasMessage(inTheWay + " is in the way of a directory; move it away");
    assertThat(inTheWay).hasContent("earlier");
  }

  @Test
  void theFileAndThoseBeforeItStayWithinTheirBounds() throws Exception {
    Path path = directory.resolve("forks");
    try (RecordFile file = RecordFile.open(path, SMALL)) {
      for (int i = 0; i < 500; i++) {
        write(file, line());
      }
    }
    assertThat(names(directory)).containsExactly("forks", "forks.1", "forks.2");
    List<String> kept = new ArrayList<>();
    for (String name : new String[] {"forks.2", "forks.1", "forks"}) {
      assertThat(directory.resolve(name))
          .satisfies(it -> assertThat(it.toFile().length()).isBetween(1L, SMALL.maxBytes()));
      kept.addAll(wholeLines(directory.resolve(name)));
    }
    assertThat(kept).hasSizeBetween(65 * 2, 65 * 3);
    for (int i = 0; i < kept.size(); i++) {
      assertThat(kept.get(i)).contains("\"n\":%d,".formatted(500 - kept.size() + i));
    }
  }

  @Test
  void fewerFilesThanBeforeAreKeptFromTheNextRotationOn() throws Exception {
    Path path = directory.resolve("forks");
    for (String name : new String[] {"forks", "forks.1", "forks.2", "forks.3", "forks.4"}) {
      Files.writeString(directory.resolve(name), line().repeat(60));
    }
    try (RecordFile file = RecordFile.open(path, new FileBounds(64 << 10, 1))) {
      write(file, line().repeat(10));
    }
    assertThat(names(directory)).containsExactly("forks", "forks.1");
    try (RecordFile file = RecordFile.open(path, new FileBounds(64 << 10, 0))) {
      write(file, line().repeat(60));
    }
    assertThat(names(directory)).containsExactly("forks");
    assertThat(wholeLines(path)).hasSize(60);
  }

  @Test
  void aRecordLargerThanAFileIsWrittenAllTheSame() throws Exception {
    Path path = directory.resolve("forks");
    try (RecordFile file = RecordFile.open(path, SMALL)) {
      write(file, line());
      write(file, "{\"n\":\"" + "x".repeat(200_000) + "\"}\n");
      write(file, line());
    }
    assertThat(wholeLines(path)).hasSize(1);
    assertThat(wholeLines(directory.resolve("forks.1"))).hasSize(1);
    assertThat(wholeLines(directory.resolve("forks.2"))).hasSize(1);
  }

  /** Two revisions of a program write for a moment while the rings change hands. */
  @Test
  void twoWhoWriteTheSameFileRotateItOnce() throws Exception {
    Path path = directory.resolve("forks");
    FileBounds many = new FileBounds(64 << 10, 100);
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      RecordFile file = RecordFile.open(directory.resolve("./forks"), many);
      writers.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try (file) {
                      for (int line = 0; line < 500; line++) {
                        write(file, "{\"n\":" + line + ",\"" + "x".repeat(1000) + "\"}\n");
                      }
                    } catch (IOException e) {
                      throw new IllegalStateException(e);
                    }
                  }));
    }
    for (Thread writer : writers) {
      writer.join();
    }
    int lines = 0;
    for (String name : names(directory)) {
      lines += wholeLines(directory.resolve(name)).size();
    }
    assertThat(lines).isEqualTo(2000);
    assertThat(path.toFile().length()).isLessThanOrEqualTo(64 << 10);
  }

  @Test
  void aFileThatWasMovedIsMadeAgain() throws Exception {
    Path path = directory.resolve("forks");
    try (RecordFile file = RecordFile.open(path, SMALL)) {
      write(file, line());
      Files.move(path, directory.resolve("mine"));
      await()
          .atMost(SOON)
          .until(
              () -> {
                write(file, line());
                return Files.exists(path);
              });
    }
    assertThat(wholeLines(path).size() + wholeLines(directory.resolve("mine")).size())
        .isEqualTo(number);
    assertThat(Files.getPosixFilePermissions(path))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void aDirectoryThatWasRemovedIsMadeAgain() throws Exception {
    Path own = directory.resolve("files").resolve("forks");
    Path path = own.resolve("forks");
    try (RecordFile file = RecordFile.open(path, SMALL)) {
      write(file, line());
      Files.delete(path);
      Files.delete(own);
      await()
          .atMost(SOON)
          .until(
              () -> {
                write(file, line());
                return Files.exists(path);
              });
    }
    assertThat(wholeLines(path)).isNotEmpty();
    assertThat(Files.getPosixFilePermissions(own))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  /** As {@code logrotate} does with {@code copytruncate}. */
  @Test
  void aFileThatWasEmptiedIsWrittenFromItsBeginning() throws Exception {
    Path path = directory.resolve("forks");
    try (RecordFile file = RecordFile.open(path, SMALL)) {
      write(file, line().repeat(60));
      Files.write(path, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
      write(file, line());
    }
    assertThat(wholeLines(path)).hasSize(1);
    assertThat(names(directory)).containsExactly("forks");
  }

  @Test
  void whatAKilledProcessLeftOfALineIsCutOff() throws Exception {
    Path path = directory.resolve("forks");
    for (String left :
        new String[] {"", "{", line(), line() + "{\"n\":", line() + "x".repeat(100_000)}) {
      Files.writeString(path, left);
      try (RecordFile file = RecordFile.open(path, new FileBounds(1 << 20, 0))) {
        write(file, line());
      }
      assertThat(wholeLines(path))
          .hasSize(1 + (int) left.lines().filter(it -> it.endsWith("\"}")).count());
    }
  }

  /** What is in a file that somebody named is not ours to cut. */
  @Test
  void aFileWithoutBoundsIsAppendedTo() throws Exception {
    Path path = directory.resolve("mine");
    Files.writeString(path, "a title without its end");
    try (RecordFile file = RecordFile.open(path, null)) {
      assertThat(path).hasContent("a title without its end");
      write(file, line());
    }
    assertThat(Files.readString(path)).startsWith("a title without its end\n{\"n\":0");
  }

  @Test
  void aPipeInPlaceOfABoundedFileIsRefusedAndNotWaitedFor() throws Exception {
    Path pipe = directory.resolve("pipe");
    new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
    assertThatThrownBy(() -> RecordFile.open(pipe, SMALL)).hasMessageContaining("no regular file");
  }

  /** Many times full in the middle of a line, with room in between. */
  @Test
  void aFullDiskCostsRecordsAndNeverALine() throws Exception {
    try (SmallDisk disk = SmallDisk.of(256 << 10)) {
      Path path = disk.path().resolve("forks");
      Path ballast = disk.path().resolve("ballast");
      SinkAccount account = new SinkAccount("file", 1);
      List<@Nullable String> health = new ArrayList<>();
      Delivery delivery =
          Delivery.open(
              new SinkSpec.File("file", path, new FileBounds(1 << 20, 1)),
              1 << 20,
              account,
              health::add);
      for (int round = 0; round < 5; round++) {
        Files.write(ballast, new byte[200 << 10]);
        for (int i = 0; i < 300; i++) {
          delivery.offer(batch(line()), WAITS);
        }
        await().atMost(SOON).until(delivery::isIdle);
        assertThat(account.counters(0).lost()).containsOnlyKeys(LossReason.SINK_FAILED);
        assertThat(wholeLines(path)).isNotEmpty();
        Files.delete(ballast);
        Files.delete(path);
        await()
            .atMost(SOON)
            .until(
                () -> {
                  delivery.offer(batch(line()), WAITS);
                  return Files.exists(path);
                });
      }
      delivery.stop(SOON);
      SinkCounters counters = account.counters(0);
      assertThat(counters.delivered() + counters.lostTotal()).isEqualTo(number);
      assertThat(wholeLines(path)).isNotEmpty();
      assertThat(health).hasSize(10).last().isNull();
      assertThat(health.getFirst()).contains("No space left on device");
    }
  }

  /** Without bounds too: the torn end is what this process wrote itself. */
  @Test
  void aFullDiskTearsNoLineOfAFileWithoutBounds() throws Exception {
    try (SmallDisk disk = SmallDisk.of(256 << 10)) {
      Path path = disk.path().resolve("out.json");
      SinkAccount account = new SinkAccount("file", 1);
      Delivery delivery = Delivery.open(new SinkSpec.File(path), 1 << 20, account, _ -> {});
      Path ballast = disk.path().resolve("ballast");
      Files.write(ballast, new byte[200 << 10]);
      for (int i = 0; i < 300; i++) {
        delivery.offer(batch(line()), WAITS);
      }
      await().atMost(SOON).until(delivery::isIdle);
      assertThat(account.counters(0).lostTotal()).isPositive();
      Files.delete(ballast);
      delivery.offer(batch(line()), WAITS);
      delivery.stop(SOON);
      assertThat(wholeLines(path)).hasSize((int) account.counters(0).delivered());
      assertThat(wholeLines(path).getLast()).contains("\"n\":" + (number - 1) + ",");
    }
  }

  @Test
  void aProcessThatIsKilledWithinAWriteLeavesNoBrokenLine() throws Exception {
    Path path = directory.resolve("forks");
    int torn = 0;
    for (int round = 0; round < 10; round++) {
      try (WritingProcess process = WritingProcess.toFile(path)) {
        await().atMost(SOON).until(() -> Files.exists(path.resolveSibling("forks.1")));
        process.kill();
      }
      // It may have been killed between two files as well.
      if (path.toFile().length() > 0 && !Files.readString(path).endsWith("\n")) {
        torn++;
      }
      try (RecordFile file = RecordFile.open(path, WritingProcess.BOUNDS)) {
        write(file, line());
      }
      for (String name : names(directory)) {
        wholeLines(directory.resolve(name));
        Files.delete(directory.resolve(name));
      }
    }
    System.out.println("writes that SIGKILL broke off within a line: " + torn + " of 10");
  }

  private static final Patience WAITS =
      new Patience() {
        @Override
        public long waitNanos() {
          return SOON.toNanos();
        }

        @Override
        public LossReason refusal() {
          return LossReason.QUEUE_FULL;
        }
      };

  private static LineBatch batch(String line) {
    LineBatch batch = new LineBatch(16);
    byte[] bytes = line.getBytes(UTF_8);
    batch.add(0, bytes, 0, bytes.length);
    return batch;
  }
}

package dev.whistler.agent.deliver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.crds.ProgramSink;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import dev.whistler.runtime.deliver.SinkSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each program has a folder of its own, which goes after it. */
final class ProgramFilesTest {

  private static final Duration GRACE = Duration.ofMinutes(10);
  private static final int TOTAL = 10_000;

  @TempDir Path directory;
  private ProgramFiles files;

  @BeforeEach
  void open() {
    files = new ProgramFiles(directory, 1 << 20, 4, TOTAL, GRACE);
  }

  private Path written(String program, String name) throws Exception {
    Path folder = Files.createDirectories(directory.resolve("files").resolve(program));
    return Files.writeString(folder.resolve(name), "{}\n");
  }

  @Test
  void programsOfOneFileNameHaveFilesOfTheirOwn() throws Exception {
    SinkSpec.File one = file("forks");
    assertThat(one.path()).isEqualTo(directory.resolve("files/forks/audit.jsonl"));
    assertThat(one.bounds().maxBytes()).isEqualTo(1 << 20);
    assertThat(one.bounds().maxFiles()).isEqualTo(4);
    assertThat(file("other").path()).isNotEqualTo(one.path());
  }

  private SinkSpec.File file(String program) throws StartException {
    return (SinkSpec.File)
        files.sinks(program, List.of(ProgramSink.toFile("audit.jsonl"))).getFirst();
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", ".", "", "a/b", "A", "-a", "a-", "a.b", "a\nb", "\u0000"})
  void noPathIsBuiltFromAHostileProgramName(String program) {
    refused(program, ProgramSink.toFile("out"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", ".hidden", "", "../x", "a/b", "a\nb"})
  void noPathIsBuiltFromAHostileFileName(String name) {
    refused("forks", ProgramSink.toFile(name));
  }

  private void refused(String program, ProgramSink... sinks) {
    assertThatThrownBy(() -> files.sinks(program, List.of(sinks)))
        .isInstanceOfSatisfying(
            StartException.class,
            e -> assertThat(e.reason()).isEqualTo(FailureReason.SINK_UNAVAILABLE));
  }

  @Test
  void aSinkThatIsListedTwiceIsOne() throws Exception {
    assertThat(
            files.sinks(
                "forks",
                List.of(
                    ProgramSink.toStdout(),
                    ProgramSink.toFile("a"),
                    ProgramSink.toFile("a"),
                    ProgramSink.toStdout())))
        .hasSize(2);
  }

  @Test
  void aSinkIsNotTheEarlierFileOfAnother() throws Exception {
    refused("forks", ProgramSink.toFile("a"), ProgramSink.toFile("a.1"));
    assertThat(files.sinks("forks", List.of(ProgramSink.toFile("a.1"), ProgramSink.toFile("b"))))
        .hasSize(2);
  }

  @Test
  void filesOfAProgramGoSomeTimeAfterIt() throws Exception {
    Path gone = written("gone", "out");
    Path earlier = written("gone", "out.1");
    Path kept = written("kept", "out");
    files.sweep(List.of("kept", "gone"), 0);
    files.sweep(List.of("kept"), 1);
    files.sweep(List.of("kept"), GRACE.toNanos());
    assertThat(gone).exists();
    files.sweep(List.of("kept"), GRACE.toNanos() + 1);
    assertThat(gone).doesNotExist();
    assertThat(earlier).doesNotExist();
    assertThat(gone.getParent()).doesNotExist();
    assertThat(kept).exists();
  }

  /** A program that comes back in time keeps them, for another whole grace. */
  @Test
  void aProgramThatComesBackKeepsItsFiles() throws Exception {
    Path file = written("forks", "out");
    files.sweep(List.of(), 0);
    files.sweep(List.of("forks"), GRACE.toNanos());
    files.sweep(List.of(), GRACE.toNanos() + 1);
    files.sweep(List.of(), 2 * GRACE.toNanos());
    assertThat(file).exists();
  }

  @Test
  void nothingOfOthersIsRemovedAndNoLinkIsFollowed() throws Exception {
    Path outside = Files.writeString(directory.resolve("outside"), "mine");
    Path inner = written("gone", "out").resolveSibling("folder");
    Files.createDirectory(inner);
    Files.createSymbolicLink(inner.resolveSibling("link"), outside);
    Files.createSymbolicLink(directory.resolve("files/linked"), directory);
    Path plain = Files.writeString(directory.resolve("files/earlier"), "{}\n");
    files.sweep(List.of(), 0);
    files.sweep(List.of(), GRACE.toNanos());
    assertThat(outside).exists();
    assertThat(inner).exists();
    assertThat(plain).exists();
    assertThat(inner.resolveSibling("out")).doesNotExist();
  }

  /** A file of so many bytes that was changed so many minutes ago. */
  private Path sized(String program, String name, int bytes, int minutes) throws Exception {
    Path file = Files.write(written(program, name), new byte[bytes]);
    return Files.setLastModifiedTime(
        file, FileTime.from(Instant.now().minus(Duration.ofMinutes(minutes))));
  }

  @Test
  void theOldestEarlierFilesGoWhenAllTakeTooMuch() throws Exception {
    Path now = sized("forks", "audit.jsonl", 4000, 90);
    assertThat(file("forks").path()).isEqualTo(now);
    Path newer = sized("forks", "audit.jsonl.1", 4000, 10);
    Path older = sized("gone", "out.jsonl.1", 4000, 20);
    Path oldest = sized("gone", "out.jsonl", 4000, 30);

    files.keepWithinTotal();

    assertThat(oldest).doesNotExist();
    assertThat(older).doesNotExist();
    assertThat(now).exists();
    assertThat(newer).exists();
    assertThat(file("forks").bounds().exhausted().getAsBoolean()).isFalse();
  }

  @Test
  void nothingIsWrittenWhileTheFilesThatAreWrittenTakeAsMuchAsAllMay() throws Exception {
    Path one = sized("forks", "audit.jsonl", 6000, 1);
    Path other = sized("execs", "audit.jsonl", 6000, 2);
    SinkSpec.File sink = file("forks");
    assertThat(file("execs").path()).isEqualTo(other);

    files.keepWithinTotal();

    assertThat(one).exists();
    assertThat(other).exists();
    assertThat(sink.bounds().exhausted().getAsBoolean()).isTrue();

    files.sweep(List.of("forks"), 0);
    files.keepWithinTotal();
    assertThat(other).as("its program is gone").doesNotExist();
    assertThat(sink.bounds().exhausted().getAsBoolean()).isFalse();
  }

  @Test
  void aSinkWhoseNameIsThatOfAnEarlierFileIsKept() throws Exception {
    Path sink = sized("forks", "audit.1", 12_000, 60);
    assertThat(
            ((SinkSpec.File)
                    files.sinks("forks", List.of(ProgramSink.toFile("audit.1"))).getFirst())
                .path())
        .isEqualTo(sink);

    files.keepWithinTotal();

    assertThat(sink).exists();
  }
}

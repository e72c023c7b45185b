package dev.whistler.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.testbed.Repository;
import dev.whistler.testbed.process.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./whistler demo --keep} and the command that it prints. */
@Timeout(900)
final class KeptDemoIT {

  private static final Duration START_LIMIT = Duration.ofMinutes(10);
  private static final Pattern END =
      Pattern.compile("To end it and remove everything: (kill \\d+)");
  private static final Pattern LOGS = Pattern.compile("the logs in (\\S+) and (\\S+)\\.\\n");

  @TempDir Path output;
  @TempDir Path temporary;

  @Test
  void thePrintedCommandEndsAndRemovesEverything() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "programs are loaded by root");
    Path said = output.resolve("said");
    Process demo =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Djava.io.tmpdir=" + temporary,
                "-Dwhistler.root=" + Repository.find().root(),
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                "dev.whistler.e2e.Demo",
                "--keep")
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    List<ProcessHandle> servers = List.of();
    try {
      Waiting.until(
          "the demo's last line",
          START_LIMIT,
          () -> {
            assertThat(demo.isAlive()).as(read(said)).isTrue();
            return END.matcher(read(said)).find();
          });
      servers = demo.descendants().toList();
      assertThat(servers).as("etcd, two of Kubernetes, operator, agent").hasSizeGreaterThan(3);
      Matcher logs = LOGS.matcher(read(said));
      assertThat(logs.find()).as(read(said)).isTrue();
      assertThat(Path.of(logs.group(1))).isNotEmptyFile();
      assertThat(Path.of(logs.group(2))).isNotEmptyFile();
      assertThat(children(temporary)).isNotEmpty();

      Matcher end = END.matcher(read(said));
      assertThat(end.find()).isTrue();
      assertThat(new ProcessBuilder("sh", "-c", end.group(1)).start().waitFor()).isZero();
      assertThat(demo.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(read(said)).doesNotContain("Could not undo");
      assertThat(servers).noneMatch(ProcessHandle::isAlive);
      assertThat(children(temporary)).as(read(said)).isEmpty();
    } finally {
      demo.destroy();
      assertThat(demo.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      servers.forEach(ProcessHandle::destroyForcibly);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Path> children(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      // What the JVM and libraries unpack for a process is theirs.
      return files.filter(f -> f.getFileName().toString().startsWith("whistler-")).toList();
    }
  }
}

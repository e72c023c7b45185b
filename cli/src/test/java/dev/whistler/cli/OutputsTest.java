package dev.whistler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What becomes of outputs that take nothing: nothing looks written that is not. */
@Timeout(300)
class OutputsTest {
  private static final long LIMIT_S = 60;
  private static final String SWITCHES =
      """
      (defstruct ev (at u64) (up u64 :as boottime))
      (defmap events :type :ringbuf :max-entries 65536)
      (defmap seen :type :hash :key-type u32 :value-type u64 :max-entries 16)
      (defprog p (:type :tracepoint :section "tracepoint/sched/sched_switch")
        (setf (getmap seen 0) 1)
        (with-ringbuf (e events (sizeof ev))
          (setf (ev-at e) (ktime-get-ns) (ev-up e) (ktime-get-boot-ns)))
        0)
      """;

  @TempDir Path folder;

  private record Ended(int exitCode, String err) {}

  @BeforeEach
  void needsRoot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "programs are loaded by root");
  }

  private String source() throws IOException {
    return Files.writeString(folder.resolve("switches.lisp"), SWITCHES).toString();
  }

  private Ended into(Path out, List<String> command) throws Exception {
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    return ended(process, err);
  }

  private static Ended ended(Process process, Path err) throws Exception {
    try {
      assertThat(process.waitFor(LIMIT_S, TimeUnit.SECONDS)).as("ended").isTrue();
      return new Ended(process.exitValue(), Files.readString(err));
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void recordsThatStandardOutputDoesNotTakeAreTold() throws Exception {
    Ended run =
        into(Path.of("/dev/full"), JavaCommand.of(Main.class, "run", source(), "--for", "1s"));
    assertThat(run.err())
        .isEqualTo(
            "whistler: The sink 'stdout' does not accept records: No space left on device\n");
    assertThat(run.exitCode()).isEqualTo(CommandFailure.MACHINE);
  }

  @Test
  void recordsThatAFileDoesNotTakeAreTold() throws Exception {
    Ended run =
        into(
            folder.resolve("out"),
            JavaCommand.of(Main.class, "run", source(), "--for", "1s", "--sink", "file:/dev/full"));
    assertThat(run.err().lines())
        .containsExactly(
            "whistler: The sink 'file' does not accept records: No space left on device");
    assertThat(run.exitCode()).isEqualTo(CommandFailure.MACHINE);
  }

  @Test
  void aRunEndsWhenNobodyReadsItAnyMore() throws Exception {
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(JavaCommand.of(Main.class, "run", source()))
            .redirectError(err.toFile())
            .start();
    try (BufferedReader reader = process.inputReader()) {
      assertThat(reader.readLine()).startsWith("{");
    }
    assertThat(ended(process, err)).isEqualTo(new Ended(0, ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"run --for 1s --maps --sink file:OUT", "check"})
  void textThatStandardOutputDoesNotTakeIsTold(String words) throws Exception {
    List<String> command =
        new ArrayList<>(List.of(words.replace("OUT", folder.resolve("o").toString()).split(" ")));
    // A warning, which check writes to standard output.
    Path source = Files.writeString(folder.resolve("warned.lisp"), "(defprog p (:type :kprobe) 0)");
    command.add(words.equals("check") ? source.toString() : source());
    Ended ended =
        into(Path.of("/dev/full"), JavaCommand.of(Main.class, command.toArray(String[]::new)));
    assertThat(ended.err()).contains("whistler: standard output: No space left on device\n");
    assertThat(ended.exitCode()).isEqualTo(CommandFailure.MACHINE);
  }

  /** Programs read the kernel's clocks, whatever the clocks of the process that shows them say. */
  @Test
  void timesAreRightInATimeNamespace() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/ns/time")), "no time namespaces here");
    Path out = folder.resolve("out");
    List<String> command =
        new ArrayList<>(
            List.of("unshare", "-T", "--monotonic", "100000", "--boottime", "200000", "--fork"));
    command.addAll(JavaCommand.of(Main.class, "run", source(), "--count", "1"));
    Ended run = into(out, command);
    assertThat(run.exitCode()).as(run.err()).isZero();
    JsonNode record = new ObjectMapper().readTree(Files.readAllLines(out).getFirst()).get("data");
    for (String field : List.of("at", "up")) {
      assertThat(Duration.between(Instant.parse(record.get(field).asText()), Instant.now()).abs())
          .as(field)
          .isLessThan(Duration.ofMinutes(5));
    }
  }

  /** Examples are copied: a line that is broken in the middle is another command. */
  @Test
  void examplesOfTheHelpStandAsTheyAreWritten() {
    CommandLine whole = Main.commandLine();
    List<CommandLine> lines = new ArrayList<>(whole.getSubcommands().values());
    lines.add(whole);
    for (CommandLine line : lines) {
      String usage = line.getUsageMessage();
      for (String example : line.getCommandSpec().usageMessage().footer()) {
        assertThat(example.length()).as(example).isLessThanOrEqualTo(80);
        assertThat(usage.lines()).contains(example);
      }
    }
  }
}

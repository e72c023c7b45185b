package dev.whistler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ctrl-C and its like: the counts are told, and the kernel is as it was. */
@Timeout(300)
class InterruptedRunTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final String SOURCE =
      """
      (deftracepoint sched/sched-process-fork parent-pid child-pid)
      (defstruct born (parent u32) (child u32))
      (defmap births :type :ringbuf :max-entries 262144 :record born)
      (defmap seen :type :hash :key-type u32 :value-type u64 :max-entries 16)
      (defprog p (:type :tracepoint :section "tracepoint/sched/sched_process_fork")
        (setf (getmap seen 0) 1)
        (with-ringbuf (e births (sizeof born))
          (setf (born-parent e) (tp-parent-pid)  (born-child e) (tp-child-pid)))
        0)
      """;

  private final Set<HeldObject> held = new HashSet<>();
  @TempDir Path folder;

  @BeforeEach
  void needsRoot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "programs are loaded by root");
  }

  private String source() throws IOException {
    return Files.writeString(folder.resolve("forks.lisp"), SOURCE).toString();
  }

  /**
   * The command line in a process that signals end, whatever this one ignores: a job that a script
   * starts in the background ignores SIGINT, its children do too, and the JVM respects that.
   */
  private static List<String> interruptible(String... arguments) {
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT,TERM"));
    command.addAll(JavaCommand.of(Main.class, arguments));
    return command;
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void theProgramIsTakenOutOfTheKernel(String signal, int exitCode) throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(interruptible("run", source(), "--stats", "--maps"))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      until(
          () -> {
            fork();
            assertThat(process.isAlive()).as(Files.readString(err)).isTrue();
            return Files.readString(out).contains("\n");
          });
      held.addAll(HeldObject.of(process));
      assertThat(kinds(held)).as("while it runs").containsExactly("link_id", "map_id", "prog_id");
      assertThat(held).allMatch(HeldObject::isThere);

      send(signal, process);
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(err)).isEqualTo(exitCode);
    } finally {
      process.destroyForcibly();
    }
    JsonNode ring = JSON.readTree(Files.readAllLines(err).getLast()).at("/rings/0");
    assertThat(ring.path("name").asText()).isEqualTo("births");
    assertThat(ring.path("produced").asLong()).isPositive();
    assertThat(ring.path("inRing").asLong()).isZero();
    assertThat(ring.path("delivered").asLong())
        .isEqualTo(ring.path("produced").asLong())
        .isEqualTo(
            Files.readAllLines(out).stream()
                .filter(line -> line.contains("\"struct\":\"born\""))
                .count());
    assertThat(Files.readString(out)).as("the table of maps").contains("seen");
    // The kernel frees what nobody holds a moment later.
    until(() -> held.stream().noneMatch(HeldObject::isThere));
  }

  @Test
  void aSignalWhileItLoadsLeavesNothing() throws Exception {
    Process process =
        new ProcessBuilder(interruptible("run", source()))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out").toFile())
            .start();
    try {
      until(
          () -> {
            held.addAll(HeldObject.of(process));
            return !held.isEmpty() || !process.isAlive();
          });
      send("INT", process);
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(130);
    } finally {
      process.destroyForcibly();
    }
    until(() -> held.stream().noneMatch(HeldObject::isThere));
  }

  private static List<String> kinds(Set<HeldObject> held) {
    return held.stream().map(HeldObject::kind).distinct().sorted().toList();
  }

  private static void fork() throws Exception {
    new ProcessBuilder("/bin/true").start().waitFor();
  }

  private static void send(String signal, Process process) throws Exception {
    new ProcessBuilder("/bin/kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
  }

  private static void until(Callable<Boolean> condition) throws Exception {
    Instant end = Instant.now().plus(PATIENCE);
    while (!condition.call()) {
      assertThat(Instant.now()).isBefore(end);
      Thread.sleep(50);
    }
  }
}

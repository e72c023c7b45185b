package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.bpf.tracefs.Tracefs;
import dev.whistler.compiler.Budget;
import dev.whistler.compiler.CompilationOptions;
import dev.whistler.compiler.CompilationRequest;
import dev.whistler.compiler.CompilationResult;
import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.SuppliedKernel;
import dev.whistler.compiler.source.SourceText;
import dev.whistler.runtime.account.RingCounters;
import dev.whistler.runtime.deliver.SinkSpec;
import dev.whistler.runtime.maps.MapText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The examples, compiled for this kernel by our compiler, from source to lines. */
@Timeout(60)
class ExamplesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path EXAMPLES = Path.of("../examples");
  private static final Duration SOON = Duration.ofSeconds(10);
  @TempDir Path directory;

  private static byte[] compile(String example, Map<String, String> knobs) throws IOException {
    return compile(example, Files.readString(EXAMPLES.resolve(example)), knobs);
  }

  private static byte[] compile(String name, String source, Map<String, String> knobs)
      throws IOException {
    Map<String, String> formats = new HashMap<>();
    try (Tracefs tracefs = Tracefs.open()) {
      for (String event :
          List.of(
              "sched/sched_process_fork",
              "sched/sched_process_exit",
              "sched/sched_process_exec",
              "sched/sched_wakeup",
              "sched/sched_wakeup_new",
              "sched/sched_switch")) {
        String[] parts = event.split("/");
        formats.put(event, tracefs.format(parts[0], parts[1]).orElseThrow());
      }
    }
    CompilationResult result =
        Compiler.compile(
            new CompilationRequest(
                List.of(new SourceText(name, source)),
                Architecture.X86_64,
                new SuppliedKernel(Architecture.X86_64, formats, null, null, null),
                knobs,
                CompilationOptions.defaults(),
                Budget.UNLIMITED));
    assertThat(result.object()).as(result.diagnostics().toString()).isPresent();
    return result.object().orElseThrow().elf();
  }

  private RunningProgram start(byte[] object) throws StartException {
    return Runtime.start(
        RunRequest.of(object, new Identity("node-1", "example", "uid-example", 1))
            .withSinks(List.of(new SinkSpec.File(directory.resolve("out.json")))));
  }

  private List<JsonNode> data() throws IOException {
    List<JsonNode> data = new ArrayList<>();
    for (String line : Files.readAllLines(directory.resolve("out.json"))) {
      data.add(JSON.readTree(line).get("data"));
    }
    return data;
  }

  private static long runTrue() throws Exception {
    Process process = new ProcessBuilder("/bin/true").start();
    process.waitFor();
    return process.pid();
  }

  @Test
  void executedPrograms() throws Exception {
    byte[] object = compile("executed-programs.lisp", Map.of());
    Instant before = Instant.now();
    try (RunningProgram program = start(object)) {
      long pid = runTrue();
      RingCounters ring = program.stop(SOON).rings().getFirst();
      assertThat(ring.balanced()).as(ring.toString()).isTrue();
      JsonNode seen =
          data().stream()
              .filter(d -> d.get("pid").asLong() == pid)
              .filter(d -> d.get("file").asText().equals("/bin/true"))
              .findFirst()
              .orElseThrow();
      assertThat(seen.get("uid").asLong()).isZero();
      assertThat(Instant.parse(seen.get("ts").asText())).isBetween(before, Instant.now());
    }
  }

  @Test
  void forksAndLifeTimes() throws Exception {
    byte[] object = compile("forks.lisp", Map.of());
    try (RunningProgram program = start(object)) {
      Process shell =
          new ProcessBuilder("/bin/sh", "-c", "for i in 1 2 3; do sleep 0.01 & echo $!; done; wait")
              .start();
      List<Long> children =
          new String(shell.getInputStream().readAllBytes()).lines().map(Long::valueOf).toList();
      shell.waitFor();
      RingCounters ring = program.stop(SOON).rings().getFirst();
      assertThat(ring.balanced()).as(ring.toString()).isTrue();
      for (long child : children) {
        JsonNode life =
            data().stream().filter(d -> d.get("pid").asLong() == child).findFirst().orElseThrow();
        assertThat(life.get("parent").asLong()).isEqualTo(shell.pid());
        assertThat(life.get("comm").asText()).isEqualTo("sleep");
      }
      assertThat(MapText.render(program.maps().read("forks", 10))).contains("key value");
    }
  }

  @Test
  void schedulerWait() throws Exception {
    byte[] object = compile("scheduler-wait.lisp", Map.of("threshold-us", "1"));
    try (RunningProgram program = start(object)) {
      runTrue();
      Thread.sleep(200);
      RingCounters ring = program.stop(SOON).rings().getFirst();
      assertThat(ring.balanced()).as(ring.toString()).isTrue();
      assertThat(ring.produced()).isPositive();
      assertThat(data().getFirst().get("comm").isTextual()).isTrue();
      assertThat(MapText.render(program.maps().read("histogram", 64))).contains("|#");
    }
  }

  @Test
  void theVerifiersVerdictStandsAtTheSourceForm() throws Exception {
    String source =
        """
        (deftracepoint sched/sched-process-exit pid)
        (defmap m :type :hash :key-size 4 :value-size 8 :max-entries 8)
        (defprog gone (:type :tracepoint :section "tracepoint/sched/sched_process_exit")
          (let ((p (map-lookup m 1)))
            (setf (getmap m 2)
                  (load u64 (cast u64 p) 0)))
          0)
        """;
    byte[] object = compile("null.lisp", source, Map.of());
    assertThatThrownBy(() -> start(object))
        .isInstanceOfSatisfying(
            StartException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(FailureReason.VERIFIER_REJECTED);
              assertThat(e.detail()).contains("map_value_or_null");
            })
        .hasMessageStartingWith(
            "Program gone was refused: 6:11 (load u64 (cast u64 p) 0): a pointer may be null"
                + " here;");
  }
}

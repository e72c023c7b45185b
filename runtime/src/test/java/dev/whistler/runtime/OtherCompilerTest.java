package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.runtime.account.ProgramCounters;
import dev.whistler.runtime.account.RingCounters;
import dev.whistler.runtime.deliver.SinkSpec;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An object that clang made from ordinary C runs by what its sections, maps and types say. */
@Timeout(60)
class OtherCompilerTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir Path directory;

  private byte[] build(String... options) throws Exception {
    Assumptions.assumeTrue(
        Clang.isInstalled() && Files.exists(Path.of("/usr/include/bpf/bpf_helpers.h")),
        "needs clang-19 and the headers of libbpf");
    Path source = directory.resolve("events.bpf.c");
    try (InputStream in =
        Objects.requireNonNull(OtherCompilerTest.class.getResourceAsStream("events.bpf.c"))) {
      Files.write(source, in.readAllBytes());
    }
    Path object = directory.resolve("events.o");
    List<String> command =
        new ArrayList<>(List.of(Clang.PATH, "-target", "bpfel", "-O2", "-g", "-mcpu=v3", "-c"));
    command.addAll(List.of("-I/usr/include/x86_64-linux-gnu", source.toString()));
    command.addAll(List.of("-o", object.toString()));
    command.addAll(List.of(options));
    Clang.run(command.toArray(String[]::new));
    return Files.readAllBytes(object);
  }

  private RunRequest request(byte[] object) {
    return RunRequest.of(object, new Identity("node-1", "events", "uid-events", 1))
        .withSinks(List.of(new SinkSpec.File(directory.resolve("out.json"))));
  }

  /** The first record of a command, whose shell becomes it. */
  private JsonNode recordOf(RunningProgram program) throws Exception {
    Process process = new ProcessBuilder("/bin/true").start();
    process.waitFor();
    await().atMost(SOON).until(() -> program.counters().rings().getFirst().decoded() > 0);
    RingCounters ring = program.stop(SOON).rings().getFirst();
    assertThat(ring.balanced()).as(ring.toString()).isTrue();
    for (String line : Files.readAllLines(directory.resolve("out.json"))) {
      JsonNode record = JSON.readTree(line);
      if (record.at("/data/comm").asText("true").equals("true")) {
        return record;
      }
    }
    throw new AssertionError("no record of the command");
  }

  @Test
  void recordsAndMapsAreShownByTheTypesOfTheirSource() throws Exception {
    try (RunningProgram program =
        Runtime.start(request(build()).withDerivedSchema(Map.of("events", "event")))) {
      assertThat(program.schema().countsLosses()).isFalse();
      JsonNode data = recordOf(program).path("data");
      ProgramCounters counters = program.counters();
      assertThat(counters.rings()).noneMatch(RingCounters::countsLost);
      assertThat(counters.toJson()).as("unknown is absent").doesNotContain("\"lost\"");
      long pid = data.path("pid").asLong();
      assertThat(data)
          .isEqualTo(
              JSON.readTree(
                  """
                  {"at":18446744073709551615,"pid":%d,"what":"STARTED","comm":"true","raw":"000000ff",
                   "_36":"04030201","_40":"6d02","yes":1,
                   "points":[{"x":0,"y":[0,0]},{"x":-3,"y":[4,0]}],"minus":-1,"where":4660,
                   "grid":"00000000000000000900000000000000","halves":{"half":[0,6]}}
                  """
                      .formatted(pid)));
      assertThat(program.maps().names()).containsExactly("seen");
      assertThat(program.maps().read("seen", 1024).rows())
          .anySatisfy(row -> assertThat(row.toString()).contains(Long.toString(pid)));
    }
  }

  @Test
  void withoutAStructARecordIsBytes() throws Exception {
    try (RunningProgram program = Runtime.start(request(build()).withDerivedSchema(Map.of()))) {
      assertThat(recordOf(program).path("data").asText()).startsWith("ffffffffffffffff");
    }
  }

  /** Nobody but the kernel knows how far it reads, which looks when it is attached. */
  @Test
  void aProgramThatReadsBeyondItsEventIsRefused() throws Exception {
    RunRequest request = request(build("-DTOO_FAR")).withDerivedSchema(Map.of());
    assertThatThrownBy(() -> Runtime.start(request))
        .isInstanceOfSatisfying(
            StartException.class, e -> assertThat(e.reason()).isNotEqualTo(FailureReason.INTERNAL))
        .hasMessageContaining("too_far");
  }

  @Test
  void whatIsNotThereIsNamed() throws Exception {
    byte[] object = build();
    assertThatThrownBy(() -> Runtime.start(request(object)))
        .hasMessageContaining("no section .whistler.schema");
    assertThatThrownBy(
            () -> Runtime.start(request(object).withDerivedSchema(Map.of("events", "evnt"))))
        .hasMessageContaining("no struct 'evnt'; there are: event, key, point, u32");
    assertThatThrownBy(
            () -> Runtime.start(request(object).withDerivedSchema(Map.of("seen", "event"))))
        .hasMessage("The object has no ring buffer 'seen'.");
    byte[] ours = Sources.compile("(defprog p (:type :xdp) XDP_PASS)");
    assertThatThrownBy(
            () -> Runtime.start(request(ours).withDerivedSchema(Map.of("notes", "note"))))
        .hasMessage(
            "The object says itself what its rings carry; leave out the struct of 'notes'.");
  }
}

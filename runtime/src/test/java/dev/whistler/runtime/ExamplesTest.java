package dev.whistler.runtime;

import static dev.whistler.runtime.Examples.compile;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.runtime.account.RingCounters;
import dev.whistler.runtime.deliver.SinkSpec;
import dev.whistler.runtime.maps.MapEntries;
import dev.whistler.runtime.maps.MapText;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples, compiled for this kernel by our compiler, from source to lines. */
@Timeout(180)
class ExamplesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path TYPES = Path.of("/sys/kernel/btf/vmlinux");
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final Pattern NUMBER = Pattern.compile("\\d+");
  private static final Duration SOON = Duration.ofSeconds(30);
  @TempDir Path directory;

  private RunningProgram start(byte[] object, AttachTarget... targets) throws StartException {
    return Runtime.start(
        RunRequest.of(object, new Identity("node-1", "example", "uid-example", 1))
            .withAttach(List.of(targets))
            .withSinks(List.of(new SinkSpec.File(directory.resolve("out.json")))));
  }

  /** The record that a field tells apart from what else happens on the machine. */
  private JsonNode record(String field, String text) throws IOException {
    return data().stream()
        .filter(d -> d.get(field).asText().equals(text))
        .findFirst()
        .orElseThrow();
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output.strip();
  }

  private static void assertBalanced(RunningProgram program) {
    RingCounters ring = program.stop(SOON).rings().getFirst();
    assertThat(ring.balanced()).as(ring.toString()).isTrue();
  }

  /** The counts in a map under a key, added up over CPUs; a struct has several. */
  private static List<Long> counts(RunningProgram program, String map, String key) {
    List<List<Long>> all =
        program.maps().read(map, 1_000).rows().stream()
            .filter(row -> row.key().equals(key))
            .flatMap(row -> row.values().stream())
            .map(v -> NUMBER.matcher(v).results().map(n -> Long.valueOf(n.group())).toList())
            .toList();
    return IntStream.range(0, all.getFirst().size())
        .mapToObj(field -> all.stream().mapToLong(one -> one.get(field)).sum())
        .toList();
  }

  /** Sends datagrams to a socket on loopback; how many arrived. */
  private static int arrived(DatagramSocket receiver, int count, int bytes) throws IOException {
    try (DatagramSocket sender = new DatagramSocket(0, LOOPBACK)) {
      for (int i = 0; i < count; i++) {
        sender.send(new DatagramPacket(new byte[bytes], bytes, LOOPBACK, receiver.getLocalPort()));
      }
    }
    int arrived = 0;
    receiver.setSoTimeout(500);
    try {
      while (arrived < count) {
        receiver.receive(new DatagramPacket(new byte[2048], 2048));
        arrived++;
      }
    } catch (SocketTimeoutException e) {
      // The rest was dropped.
    }
    return arrived;
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
  void openedFiles() throws Exception {
    Path there = Files.writeString(directory.resolve("there"), "x");
    Path missing = directory.resolve("missing");
    try (RunningProgram program = start(compile("opened-files.lisp", Map.of()))) {
      Process cat = new ProcessBuilder("cat", there.toString(), missing.toString()).start();
      cat.waitFor();
      assertBalanced(program);
      JsonNode found = record("path", there.toString());
      assertThat(found.get("pid").asLong()).isEqualTo(cat.pid());
      assertThat(found.get("comm").asText()).isEqualTo("cat");
      assertThat(found.get("result").asLong()).isPositive();
      JsonNode failed = record("path", missing.toString());
      assertThat(failed.get("pid").asLong()).isEqualTo(cat.pid());
      assertThat(failed.get("result").asText()).isEqualTo("ENOENT");
    }
  }

  @Test
  void tcpConnections() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 8, LOOPBACK);
        RunningProgram program = start(compile("tcp-connections.lisp", Map.of()))) {
      int port = server.getLocalPort();
      run("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/" + port);
      int client;
      try (Socket accepted = server.accept()) {
        client = accepted.getPort();
      }
      assertBalanced(program);
      JsonNode seen = record("dport", String.valueOf(port));
      assertThat(seen.get("saddr").asText()).isEqualTo("::ffff:127.0.0.1");
      assertThat(seen.get("daddr").asText()).isEqualTo("::ffff:127.0.0.1");
      assertThat(seen.get("sport").asInt()).isEqualTo(client);
      assertThat(seen.get("comm").asText()).isEqualTo("bash");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"::1", "::ffff:127.0.0.1"})
  void tcpConnectionsOfSocketsOfIpv6(String address) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 8, InetAddress.getByName(address));
        RunningProgram program = start(compile("tcp-connections.lisp", Map.of()))) {
      assertThat(run(connecting(address, server.getLocalPort()))).isEmpty();
      assertBalanced(program);
      JsonNode seen = record("dport", String.valueOf(server.getLocalPort()));
      assertThat(seen.get("saddr").asText()).isEqualTo(address);
      assertThat(seen.get("daddr").asText()).isEqualTo(address);
    }
  }

  /** Connects with a socket of IPv6, whatever the address. */
  private static String[] connecting(String address, int port) {
    return new String[] {"/bin/busybox", "nc", address, String.valueOf(port), "-e", "/bin/true"};
  }

  @Test
  void outOfMemoryKills() throws Exception {
    Path memory = Path.of("/sys/fs/cgroup/memory");
    assumeTrue(
        Files.exists(memory.resolve("memory.limit_in_bytes")), "no cgroup v1 memory controller");
    Path group = Files.createDirectory(memory.resolve("whistler-" + ProcessHandle.current().pid()));
    try {
      Files.writeString(group.resolve("memory.limit_in_bytes"), "16M");
      try (RunningProgram program = start(compile("oom-kills.lisp", Map.of()))) {
        String eat = "echo $$ > " + group.resolve("cgroup.procs") + "; exec tail /dev/zero";
        Process eater = new ProcessBuilder("bash", "-c", eat).start();
        assertThat(eater.waitFor()).as("killed").isEqualTo(128 + 9);
        assertBalanced(program);
        JsonNode kill = record("pid", String.valueOf(eater.pid()));
        assertThat(kill.get("comm").asText()).isEqualTo("tail");
        assertThat(kill.get("uid").asLong()).isZero();
        assertThat(kill.get("anon_kb").asLong()).isBetween(8_000L, 17_000L);
      }
    } finally {
      Files.delete(group);
    }
  }

  @Test
  void signals() throws Exception {
    try (RunningProgram program = start(compile("signals.lisp", Map.of()))) {
      Process sleeper = new ProcessBuilder("sleep", "100").start();
      Process killer = new ProcessBuilder("bash", "-c", "kill -TERM " + sleeper.pid()).start();
      killer.waitFor();
      sleeper.waitFor();
      assertBalanced(program);
      JsonNode signal = record("target", String.valueOf(sleeper.pid()));
      assertThat(signal.get("signal").asText()).isEqualTo("SIGTERM");
      assertThat(signal.get("sender").asLong()).isEqualTo(killer.pid());
      assertThat(signal.get("sender_comm").asText()).isEqualTo("bash");
      assertThat(signal.get("target_comm").asText()).isEqualTo("sleep");
      assertThat(signal.get("code").asInt()).isZero();
    }
  }

  @Test
  void blockDeviceLatency() throws Exception {
    Path file = Path.of("/var/tmp/whistler-block-" + ProcessHandle.current().pid());
    run("truncate", "-s", "1M", file.toString());
    String device = run("losetup", "--find", "--show", file.toString());
    try (RunningProgram program = start(compile("block-latency.lisp", Map.of("slow-us", "0")))) {
      assumeTrue(device.startsWith("/dev/loop"), "no loop device: " + device);
      run("dd", "if=/dev/zero", "of=" + device, "bs=8192", "count=1", "seek=3", "oflag=direct");
      assertBalanced(program);
      long number = Long.parseLong(device.substring("/dev/loop".length()));
      JsonNode write =
          data().stream()
              .filter(d -> d.get("dev").asLong() == (7L << 20 | number))
              .filter(d -> d.get("sector").asLong() == 3 * 8192 / 512)
              .findFirst()
              .orElseThrow();
      assertThat(write.get("bytes").asLong()).isEqualTo(8192);
      assertThat(write.get("error").asText()).isEqualTo("0");
    } finally {
      run("losetup", "-d", device);
      Files.deleteIfExists(file);
    }
  }

  @Test
  void packetsByProtocol() throws Exception {
    byte[] object = compile("xdp-protocols.lisp", Map.of());
    OwnThread.inNamespaces(
        () -> {
          try (RunningProgram program =
                  start(object, at("count-protocols", new AttachTarget.Interface("lo")));
              DatagramSocket receiver = new DatagramSocket(0, LOOPBACK)) {
            assertThat(arrived(receiver, 5, 100)).isEqualTo(5);
            assertThat(counts(program, "by-proto", "17"))
                .containsExactly(5L, 5L * (14 + 20 + 8 + 100));
          }
          return null;
        });
  }

  @Test
  void blockedPorts() throws Exception {
    byte[] object = compile("xdp-port-blocker.lisp", Map.of());
    OwnThread.inNamespaces(
        () -> {
          try (RunningProgram program =
                  start(object, at("port-blocker", new AttachTarget.Interface("lo")));
              DatagramSocket open = new DatagramSocket(0, LOOPBACK);
              DatagramSocket blocked = new DatagramSocket(0, LOOPBACK)) {
            put(program, "blocked", String.valueOf(blocked.getLocalPort()), "1");
            assertThat(arrived(open, 3, 10)).isEqualTo(3);
            assertThat(arrived(blocked, 4, 10)).isZero();
            assertThat(counts(program, "drops", "1")).containsExactly(4L);
          }
          return null;
        });
  }

  @Test
  void trafficClasses() throws Exception {
    OwnThread.inNamespaces(
        () -> {
          try (DatagramSocket voice = new DatagramSocket(0, LOOPBACK);
              DatagramSocket other = new DatagramSocket(0, LOOPBACK)) {
            byte[] object =
                compile(
                    "tc-classifier.lisp",
                    Map.of("voice-port", String.valueOf(voice.getLocalPort())));
            try (RunningProgram program =
                start(
                    object,
                    at(
                        "classify",
                        new AttachTarget.Interface("lo", AttachTarget.Direction.EGRESS)))) {
              assertThat(arrived(voice, 6, 20)).isEqualTo(6);
              assertThat(arrived(other, 2, 20)).isEqualTo(2);
              assertThat(counts(program, "classified", "7")).containsExactly(6L);
              assertThat(counts(program, "classified", "0")).containsExactly(2L);
            }
          }
          return null;
        });
  }

  @Test
  void connectGuard() throws Exception {
    Path group = Cgroups.create("guard");
    try (ServerSocket server = new ServerSocket(0, 8, LOOPBACK);
        RunningProgram program =
            start(
                compile("connect-guard.lisp", Map.of()),
                at("connect-guard", new AttachTarget.Cgroup(group)),
                at("mapped-guard", new AttachTarget.Cgroup(group)))) {
      int port = server.getLocalPort();
      String connect = "exec 3<>/dev/tcp/127.0.0.1/" + port;
      String inside = "echo $$ > " + group.resolve("cgroup.procs") + "; " + connect;
      assertThat(run("bash", "-c", inside)).as("nothing is denied yet").isEmpty();
      put(program, "denied", "{\"ip\":\"127.0.0.1\",\"port\":%d}".formatted(port), "1");
      assertThat(run("bash", "-c", inside)).contains("Operation not permitted");
      assertThat(run("bash", "-c", connect)).as("outside of the cgroup").isEmpty();
      String[] mapped = connecting("::ffff:127.0.0.1", port);
      assertThat(run(mapped)).as("outside of the cgroup").isEmpty();
      String mappedInside =
          "echo $$ > %s; exec %s"
              .formatted(group.resolve("cgroup.procs"), String.join(" ", mapped));
      assertThat(run("bash", "-c", mappedInside)).contains("Operation not permitted");
      assertBalanced(program);
      JsonNode denial = data().getFirst();
      assertThat(data()).hasSize(2);
      assertThat(data().get(1).get("ip")).isEqualTo(denial.get("ip"));
      assertThat(denial.get("ip").asText()).isEqualTo("127.0.0.1");
      assertThat(denial.get("port").asInt()).isEqualTo(port);
      assertThat(denial.get("comm").asText()).isEqualTo("bash");
    } finally {
      Files.delete(group);
    }
  }

  @Test
  void lineageOfExitingTasks() throws Exception {
    assumeTrue(
        Files.exists(Path.of("/sys/bus/event_source/devices/kprobe")),
        "this kernel is built without kprobes");
    assumeTrue(Files.exists(TYPES), "this kernel has no BTF");
    try (RunningProgram program = start(compile("exit-lineage.lisp", Map.of()))) {
      long pid = runTrue();
      assertBalanced(program);
      JsonNode exit = record("pid", String.valueOf(pid));
      assertThat(exit.get("ppid").asLong()).isEqualTo(ProcessHandle.current().pid());
    }
  }

  @Test
  void tailCalls() throws Exception {
    byte[] object = compile("tail-calls.lisp", Map.of());
    OwnThread.inNamespaces(
        () -> {
          try (RunningProgram program =
                  start(object, at("entry", new AttachTarget.Interface("lo")));
              DatagramSocket names = new DatagramSocket(53, LOOPBACK);
              DatagramSocket other = new DatagramSocket(0, LOOPBACK)) {
            assertThat(arrived(other, 3, 10)).isEqualTo(3);
            assertThat(arrived(names, 3, 10)).isZero();
            assertThat(counts(program, "unhandled", "0")).containsExactly(0L);
            run("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9");
            assertThat(counts(program, "unhandled", "0").getFirst()).isPositive();
          }
          return null;
        });
  }

  private static AttachTarget at(String program, AttachTarget.Place place) {
    return new AttachTarget(program, place);
  }

  private static void put(RunningProgram program, String map, String key, String value)
      throws Exception {
    program
        .maps()
        .apply(
            new MapEntries(
                map,
                MapEntries.Mode.SEED,
                List.of(new MapEntries.Entry(JSON.readTree(key), JSON.readTree(value)))));
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

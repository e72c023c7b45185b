package dev.whistler.testbed.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.testbed.process.ChildProcess;
import dev.whistler.testbed.process.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done in a sandbox is not done to the machine, and ends with it. */
final class SandboxTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path directory;

  @BeforeEach
  void asRoot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "name spaces need root");
  }

  @Test
  void mountsAndDevicesAreItsOwnAndTheMachineReachesItsAddress() throws Exception {
    List<String> mounts = machineMounts();
    Path group;
    Path device;
    try (Sandbox sandbox = Sandbox.start(directory)) {
      group = ControlGroups.ofThisMachine().unified().resolve(sandbox.name());
      device = Path.of("/sys/class/net", sandbox.name().replace("whistler-", "wh"));
      assertThat(group).isDirectory();
      assertThat(device).exists();
      assertThat(sandbox.run(List.of("findmnt", "-n", "-o", "FSTYPE", "/sys/fs/bpf")).strip())
          .isEqualTo("bpf");
      assertThat(machineMounts()).isEqualTo(mounts);

      var _ = sandbox.run(List.of("mkdir", "/var/lib/fresh"));
      assertThat(sandbox.path("/var/lib/fresh")).isDirectory();
      assertThat(Path.of("/var/lib/fresh")).doesNotExist();
      assertThat(sandbox.run(List.of("ip", "-br", "link")).lines().count())
          .as("loopback and the cable")
          .isEqualTo(2);
      assertThat(sandbox.run(List.of("hostname", "-I")).strip()).isEqualTo(sandbox.address());
    }
    assertThat(group).doesNotExist();
    assertThat(device).doesNotExist();
  }

  @Test
  void orphansInGroupsBelowAreEndedToo() throws Exception {
    long orphan;
    try (Sandbox sandbox = Sandbox.start(directory)) {
      // As a container's shim: another session, another parent, a control group of its own.
      ChildProcess parent =
          sandbox.launch(
              "parent",
              directory.resolve("orphan"),
              Map.of(),
              List.of(
                  "bash",
                  "-c",
                  "mkdir \"$1\"; setsid bash -c 'trap \"\" TERM; echo $$ >\"$1\"/cgroup.procs;"
                      + " echo $$; exec sleep 600' bash \"$1\" &",
                  "bash",
                  ControlGroups.ofThisMachine()
                      .unified()
                      .resolve(sandbox.name() + "/below")
                      .toString()));
      Waiting.until("the orphan", LIMIT, () -> !parent.alive() && !parent.logTail(1).isEmpty());
      orphan = Long.parseLong(parent.logTail(1));
      assertThat(ProcessHandle.of(orphan)).isPresent();
    }
    Waiting.until(
        "the orphan's end",
        LIMIT,
        () -> ProcessHandle.of(orphan).filter(ProcessHandle::isAlive).isEmpty());
  }

  @Test
  void aSignalToItsKeeperEndsItToo() throws Exception {
    Path group;
    try (Sandbox sandbox = Sandbox.start(directory)) {
      group = ControlGroups.ofThisMachine().unified().resolve(sandbox.name());
      ChildProcess server =
          sandbox.launch(
              "server", directory.resolve("server.log"), Map.of(), List.of("sleep", "600"));
      ProcessHandle.of(sandbox.pid()).orElseThrow().destroy();
      Waiting.until("the server's end", LIMIT, () -> !server.alive());
      assertThat(server.exitCode()).isEqualTo(137);
      Waiting.until("the group's end", LIMIT, () -> !Files.exists(group));
    }
  }

  @Test
  void saysWhatFailedAndWhatItPrinted() {
    try (Sandbox sandbox = Sandbox.start(directory)) {
      assertThatThrownBy(() -> sandbox.run(List.of("ls", "/run/nothing")))
          .hasMessageContaining("ls /run/nothing' failed with 2")
          .hasMessageContaining("No such file");
    }
  }

  private static List<String> machineMounts() throws IOException {
    List<String> mounts = new ArrayList<>();
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/mounts"))) {
      lines.forEach(mounts::add);
    }
    return mounts;
  }
}

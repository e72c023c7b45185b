package dev.whistler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.bpf.tracefs.Tracefs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What other tools do on a machine does not make it another kernel. */
class HostKernelTest {

  /** Perf names its groups so; others put a probe into a group of the kernel's own. */
  @ParameterizedTest
  @ValueSource(strings = {"sched", "probe_whistler", "whistler_tests"})
  void probesOfOtherToolsAreNotInTheProfile(String group) throws Exception {
    HostKernel host = HostKernel.open();
    try (Tracefs tracefs = Tracefs.open()) {
      Path events = tracefs.root().resolve("uprobe_events");
      assumeTrue(Files.isWritable(events), "uprobe_events cannot be written here");
      Set<String> before = host.kernelFormats().keySet();
      String event = group + "/whistler_test_" + ProcessHandle.current().pid();
      String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      append(events, "p:" + event + " " + java + ":0x1000\n");
      try {
        assertThat(host.formats()).as("the tool itself may use it").containsKey(event);
        assertThat(host.kernelFormats().keySet())
            .contains("sched/sched_switch")
            .doesNotContain(event)
            .isEqualTo(before);
      } finally {
        append(events, "-:" + event + "\n");
      }
    }
  }

  private static void append(Path events, String line) throws IOException {
    Files.writeString(events, line, StandardOpenOption.APPEND);
  }
}

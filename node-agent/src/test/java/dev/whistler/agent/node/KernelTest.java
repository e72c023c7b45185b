package dev.whistler.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.tracefs.Tracefs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What other tools do on a machine does not make it another kernel. */
final class KernelTest {

  /** A probe may lie in a group of the kernel's own. */
  @Test
  void probesOfOtherToolsDoNotChangeTheProfile() throws Exception {
    Machine machine = Machine.read();
    try (Tracefs tracefs = Tracefs.open()) {
      Path events = tracefs.root().resolve("uprobe_events");
      Assumptions.assumeTrue(Files.isWritable(events), "uprobe_events cannot be written here");
      String before = Kernel.read(machine).name();
      String event = "sched/whistler_test_" + ProcessHandle.current().pid();
      String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      append(events, "p:" + event + " " + java + ":0x1000\n");
      try {
        assertThat(tracefs.format("sched", event.substring("sched/".length()))).isPresent();
        assertThat(Kernel.read(machine).name()).isEqualTo(before);
      } finally {
        append(events, "-:" + event + "\n");
      }
    }
  }

  private static void append(Path events, String line) throws Exception {
    Files.writeString(events, line, StandardOpenOption.APPEND);
  }
}

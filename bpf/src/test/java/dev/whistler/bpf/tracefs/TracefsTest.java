package dev.whistler.bpf.tracefs;

import static java.nio.file.StandardOpenOption.APPEND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.bpf.sys.UnsupportedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TracefsTest {
  @Test
  void theCatalogueHasNamesFormatsAndIds() {
    try (Tracefs tracefs = Tracefs.open()) {
      assertThat(tracefs.events())
          .hasSizeGreaterThan(500)
          .contains(new Tracefs.Event("sched", "sched_process_exec"));
      assertThat(tracefs.format("sched", "sched_process_exec").orElseThrow())
          .startsWith("name: sched_process_exec\nID: ")
          .contains("field:pid_t pid;");
      assertThat(tracefs.id("sched", "sched_process_exec")).isPositive();
    }
  }

  /** As a tool does that probes for a moment; the formats of a kernel are the same all the time. */
  @Test
  void eventsThatComeAndGoMeanwhileAreNotOfTheKernel() throws Exception {
    try (Tracefs tracefs = Tracefs.open()) {
      Path events = tracefs.root().resolve("uprobe_events");
      assumeTrue(Files.exists(events), "this kernel has no uprobe events");
      AtomicBoolean stop = new AtomicBoolean();
      AtomicInteger rounds = new AtomicInteger();
      String name = "passing_by_" + ProcessHandle.current().pid();
      // In a category of the kernel's, and in one that comes and goes with it.
      List<String> made = List.of("sched/" + name, name + "/" + name);
      try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
        Future<?> tool =
            executor.submit(
                () -> {
                  while (!stop.get()) {
                    int round = rounds.getAndIncrement();
                    String event = made.get(round % 2);
                    Files.writeString(events, "p:" + event + " /bin/true:0x1000\n", APPEND);
                    Thread.sleep(round % 7 * 20L);
                    Files.writeString(events, "-:" + event + "\n", APPEND);
                    Thread.sleep(round % 5 * 20L);
                  }
                  return null;
                });
        try {
          for (int i = 0; i < 10; i++) {
            assertThat(tracefs.kernelFormats())
                .containsKey("sched/sched_process_exec")
                .doesNotContainKeys(made.toArray(String[]::new));
          }
        } finally {
          stop.set(true);
        }
        tool.get();
      }
      assertThat(rounds).hasPositiveValue();
    }
  }

  /** A probe tells by its own text what it is, also where no list names it at the moment. */
  @Test
  void aProbeIsKnownByItsFields(@TempDir Path root) throws Exception {
    write(root, "sched/sched_switch", "\tfield:pid_t prev_pid;\toffset:24;\tsize:4;\tsigned:1;\n");
    write(
        root,
        "sched/passing_by",
        "\tfield:unsigned long __probe_ip;\toffset:8;\tsize:8;\tsigned:0;\n");
    write(
        root,
        "probes/return",
        "\tfield:unsigned long __probe_func;\toffset:8;\tsize:8;\tsigned:0;\n");
    try (Tracefs tracefs = Tracefs.at(root)) {
      assertThat(tracefs.kernelFormats()).containsOnlyKeys("sched/sched_switch");
    }
  }

  private static void write(Path root, String event, String format) throws IOException {
    Path directory = Files.createDirectories(root.resolve("events").resolve(event));
    Files.writeString(directory.resolve("format"), format);
  }

  @Test
  void unknownAndHostileNamesAreNotThere() {
    try (Tracefs tracefs = Tracefs.open()) {
      assertThat(tracefs.format("sched", "no_such_event")).isEmpty();
      assertThat(tracefs.format("..", "..")).isEmpty();
      assertThat(tracefs.format("sched/../sched", "sched_switch")).isEmpty();
      assertThatThrownBy(() -> tracefs.id("sched", "no_such_event"))
          .isInstanceOf(UnsupportedException.class)
          .hasMessage("this kernel has no tracepoint sched/no_such_event");
    }
  }

  @Test
  void linesOfDynamicEventsNameTheirEvents() {
    assertThat(Tracefs.madeBy("p:probes/open do_sys_open")).contains("probes/open");
    assertThat(Tracefs.madeBy("r16:sched/ret do_sys_open")).contains("sched/ret");
    assertThat(Tracefs.madeBy("e:eprobes/x syscalls.sys_enter_open")).contains("eprobes/x");
    assertThat(Tracefs.madeBy("s:wakeup u64 lat; pid_t pid;")).isEmpty();
    assertThat(Tracefs.madeBy("u:mine u32 count")).isEmpty();
  }
}

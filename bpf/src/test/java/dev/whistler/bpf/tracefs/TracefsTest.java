package dev.whistler.bpf.tracefs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.bpf.sys.UnsupportedException;
import org.junit.jupiter.api.Test;

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

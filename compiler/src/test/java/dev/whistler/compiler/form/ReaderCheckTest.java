package dev.whistler.compiler.form;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.api.CompilationOptions.Tier;
import dev.whistler.compiler.tree.TypedUnit.Requirement;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.MapType;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that leave out what whoever reads their rings causes. */
class ReaderCheckTest {
  private static final String RING =
      "(defstruct note (at u64)) (defmap out :type :ringbuf :max-entries 4096 :record note)\n";
  private static final String CURRENT =
      "((lookup .whistler.reader get-current-pid-tgid():4 not_equal 0) ? 0 : 7)";

  private static CompilationOptions options(boolean withoutReader) {
    return CompilationOptions.defaults().withTier(Tier.OBSERVE).withReaderLeftOut(withoutReader);
  }

  private static String program(String section, String options) {
    return "(defprog p (:section \"%s\" %s) 7)".formatted(section, options);
  }

  private static Analysis analyzed(String source) {
    Analysis analysis = Analysis.of(source, options(true));
    assertThat(analysis.codes()).isEmpty();
    return analysis;
  }

  private static Set<String> maps(Analysis analysis) {
    return analysis.unit().maps().stream().map(MapDefinition::name).collect(Collectors.toSet());
  }

  private static void assertUnchecked(String source) {
    Analysis analysis = analyzed(source);
    assertThat(analysis.body()).isEqualTo("7");
    assertThat(maps(analysis)).doesNotContain(".whistler.reader");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tracepoint/raw_syscalls/sys_enter",
        "tracepoint/raw_syscalls/sys_exit",
        "tracepoint/syscalls/sys_enter_openat",
        "tp/syscalls/sys_exit_openat",
        "tracepoint/exceptions/page_fault_user",
        "tracepoint/exceptions/page_fault_kernel",
        "raw_tp/sys_enter",
        "raw_tracepoint/sys_exit",
        "raw_tp/page_fault_user",
        "ksyscall/openat",
        "kretsyscall/openat"
      })
  void theCurrentThreadCausesIt(String section) {
    assertThat(analyzed(RING + program(section, "")).body()).isEqualTo(CURRENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tp_btf/sys_enter", "tp_btf/sys_exit"})
  void theCurrentThreadCausesItInBtfTracepoints(String section) {
    String source = RING + "(defprog p (:section \"%s\") 0)".formatted(section);
    assertThat(analyzed(source).body()).isEqualTo(CURRENT.replace(": 7", ": 0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sched_wakeup", "sched_wakeup_new"})
  void theTaskThatItNamesCausesIt(String event) {
    Analysis analysis = analyzed(RING + program("tracepoint/sched/" + event, ""));
    assertThat(analysis.body())
        .isEqualTo("((lookup .whistler.reader ctx.u32@24:4 not_equal 0) ? 0 : 7)");
    assertThat(analysis.unit().requirements())
        .containsExactly(
            new Requirement.TracepointField("p", "sched/" + event, "pid", 24, 4, true, "scalar"));
  }

  @Test
  void bothTasksOfASwitchCauseIt() {
    Analysis analysis = analyzed(RING + program("tracepoint/sched/sched_switch", ""));
    assertThat(analysis.body())
        .isEqualTo(
            "let previous = ctx.u32@24 in let next = ctx.u32@56 in "
                + "(((lookup .whistler.reader (previous ? previous : next):4 not_equal 0)"
                + " ? ((previous ? next : 0)"
                + " ? (lookup .whistler.reader (previous ? next : 0):4 not_equal 0)"
                + " : 1)"
                + " : 0)"
                + " ? 0 : 7)");
    assertThat(analysis.unit().requirements()).hasSize(2);
  }

  /** The current thread is not the cause, or too few to matter. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "tracepoint/sched/sched_process_fork",
        "tracepoint/sched/sched_process_exit",
        "tracepoint/block/block_rq_issue",
        "tracepoint/irq/softirq_entry",
        "tracepoint/timer/timer_start",
        "raw_tp/sched_switch",
        "raw_tp/sched_wakeup",
        "kprobe/vfs_write",
        "kretprobe/vfs_write",
        "uprobe//bin/sh:main"
      })
  void othersAreNotChecked(String section) {
    assertUnchecked(RING + program(section, ""));
  }

  @ParameterizedTest
  @CsvSource({
    "tracepoint/raw_syscalls/sys_enter, :include-reader t",
    "tracepoint/sched/sched_switch, :include-reader t",
    "raw_tp/sys_enter, :include-reader 1"
  })
  void whatAsksForAllEventsHasThem(String section, String options) {
    assertUnchecked(RING + program(section, options));
  }

  @Test
  void anOptionThatIsNilAsksForNothing() {
    assertThat(analyzed(RING + program("raw_tp/sys_enter", ":include-reader nil")).body())
        .isEqualTo(CURRENT);
  }

  @Test
  void whatIsReadByNobodyIsNotChecked() {
    assertUnchecked(program("raw_tp/sys_enter", ""));
  }

  @Test
  void nothingIsCheckedUnlessItIsAskedFor() {
    Analysis analysis = Analysis.of(RING + program("raw_tp/sys_enter", ""), options(false));
    assertThat(analysis.body()).isEqualTo("7");
    assertThat(maps(analysis)).containsExactlyInAnyOrder("out", ".whistler.stats");
  }

  @Test
  void theMapHasRoomForManyThreads() {
    MapDefinition map =
        analyzed(RING + program("raw_tp/sys_enter", "")).unit().maps().stream()
            .filter(m -> m.name().equals(".whistler.reader"))
            .findFirst()
            .orElseThrow();
    assertThat(map.type()).isEqualTo(MapType.HASH);
    assertThat(map.key().size()).isEqualTo(4);
    assertThat(map.value().size()).isEqualTo(1);
    assertThat(map.maxEntries()).isEqualTo(1024);
  }

  @Test
  void theOptionIsSuggested() {
    Analysis analysis =
        Analysis.of(RING + program("raw_tp/sys_enter", ":include-readers t"), options(true));
    assertThat(analysis.codes()).contains("E-SYNTAX");
    assertThat(analysis.diagnostics().getFirst().hint()).contains("include-reader");
  }
}

package dev.whistler.compiler.kernel;

import static dev.whistler.compiler.kernel.SmallKernel.field;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a section names is looked up in the kernel (section 15.4). */
class SectionTargetsTest {
  private static SmallKernel kernel() {
    BtfSample btf = new BtfSample(0, 0);
    int prototype = btf.type("", BtfTypes.KIND_FUNC_PROTO, 0, 0);
    for (String name :
        List.of(
            "do_exit", "vfs_read", "bpf_lsm_file_open", "bpf_lsm_bprm_check", "bpf_iter_task")) {
      btf.type(name, BtfTypes.KIND_FUNC, 0, prototype);
    }
    btf.type("btf_trace_sched_process_exec", BtfTypes.KIND_TYPEDEF, 0, prototype);
    btf.type("btf_trace_sys_enter", BtfTypes.KIND_TYPEDEF, 0, prototype);
    return new SmallKernel()
        .event("sched/sched_switch", field("int a", 8, 4, 1))
        .event("kvm/kvm_exit", field("int a", 8, 4, 1))
        .types(btf);
  }

  private static String program(String section) {
    return "(defprog p (:section \"" + section + "\") 0)";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tracepoint/sched/sched_switch",
        "raw_tp/sys_enter",
        "raw_tp/kvm_exit",
        "tp_btf/sched_process_exec",
        "fentry/do_exit",
        "fexit.s/vfs_read",
        "lsm/file_open",
        "iter/task",
        "kprobe/some_static_function",
        "freplace/anything",
        "tracepoint",
        "raw_tp",
      })
  void whatTheKernelHasIsNoError(String section) {
    assertThat(kernel().diagnostics(program(section)))
        .allSatisfy(text -> assertThat(text).doesNotContain("E-"));
  }

  @ParameterizedTest
  @CsvSource({
    "tracepoint/sched/sched_swich, tracepoint sched/sched_swich, sched/sched_switch",
    "tp/sched/sched_swich, tracepoint sched/sched_swich, sched/sched_switch",
    "raw_tp/sys_entr, tracepoint sys_entr, sys_enter",
    "raw_tracepoint.w/sys_entr, tracepoint sys_entr, sys_enter",
    "tp_btf/sched_process_exek, tracepoint sched_process_exek, sched_process_exec",
    "fentry/do_exitt, function do_exitt, do_exit",
    "fmod_ret/vfs_raed, function vfs_raed, vfs_read",
    "lsm/file_opn, security hook file_opn, file_open",
    "lsm_cgroup/bprm_chek, security hook bprm_chek, bprm_check",
    "iter/tusk, iterator tusk, task",
  })
  void whatTheKernelLacksIsAnErrorWithNearNames(String section, String what, String near) {
    assertThat(kernel().diagnostics(program(section)))
        .singleElement()
        .asString()
        .startsWith("1:22 E-TP: the kernel has no " + what)
        .contains("did you mean " + near);
  }

  @Test
  void nothingIsSaidWithoutKnowledge() {
    SmallKernel unknowing = new SmallKernel();
    for (String section :
        List.of("tracepoint/a/b", "raw_tp/a", "tp_btf/a", "fentry/a", "lsm/a", "iter/a")) {
      assertThat(unknowing.diagnostics(program(section))).isEmpty();
    }
  }

  @Test
  void aMissingEventIsReportedOnce() {
    assertThat(
            kernel()
                .diagnostics(
                    "(deftracepoint sched/sched-swich a)\n"
                        + program("tracepoint/sched/sched_swich")))
        .singleElement()
        .asString()
        .startsWith("1:16 E-TP");
  }

  @Test
  void eventsThatTakeNoProgramsAreNamed() {
    assertThat(kernel().diagnostics(program("tracepoint/ftrace/function")))
        .containsExactly(
            "1:22 E-TP: events of the group ftrace are records of the kernel's own tracers, which"
                + " take no programs [attach to a tracepoint of another group]");
    assertThat(kernel().diagnostics(program("tracepoint/uprobes/foo")))
        .singleElement()
        .asString()
        .startsWith("1:22 E-TP: events of the group uprobes are probes of programs");
  }

  @Test
  void aTraceKnowsWhatASectionAsked() {
    RecordingKernelDescription recording = new RecordingKernelDescription(kernel().description());
    assertThat(recording.target(KernelDescription.Target.RAW_TRACEPOINT, "sys_enter"))
        .isEqualTo(KernelDescription.Answer.PRESENT);

    assertThat(recording.trace().matches(kernel().description())).isTrue();
    assertThat(recording.trace().matches(new SmallKernel().description())).isFalse();
    assertThat(Trace.parse(recording.trace().canonical())).isEqualTo(recording.trace());
  }

  @ParameterizedTest
  @CsvSource({
    "uprobe/ffi_call, uprobe",
    "uretprobe.s/ffi_call, uretprobe.s",
    "uprobe//lib/libffi.so:, uprobe",
    "uprobe.multi/ffi_*, uprobe.multi",
    "usdt//bin/bash, usdt",
    "tracepoint/sched, tracepoint",
    "tracepoint/sched/, tracepoint",
    "kprobe/, kprobe",
  })
  void anIncompleteTargetIsGivenWhenTheProgramIsAttached(String section, String canonical) {
    SmallKernel kernel = new SmallKernel();

    assertThat(kernel.diagnostics(program(section)))
        .singleElement()
        .asString()
        .startsWith("1:22 W-SECTION: the section \"" + section + "\" names no complete target");
    assertThat(kernel.compile(program(section)).object().orElseThrow().schema())
        .contains("\"canonicalSection\":\"" + canonical + "\"");
  }

  @Test
  void aTargetOfAnotherFormIsAnErrorThatSaysWhatIsWanted() {
    assertThat(new SmallKernel().diagnostics(program("tracepoint/a/b/c")))
        .containsExactly(
            "1:22 E-SECTION: the section \"tracepoint/a/b/c\" names no CATEGORY/EVENT behind its"
                + " first slash");
    assertThat(new SmallKernel().diagnostics(program("uprobes/a")))
        .singleElement()
        .asString()
        .startsWith("1:22 E-SECTION: unknown section \"uprobes/a\" [did you mean uprobe");
  }
}
